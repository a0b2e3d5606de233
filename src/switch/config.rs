//! The files of Asterisk's configuration. No module is loaded that runs a program, reads a file for a call or listens anywhere
//! but for phones.

use super::{
    accounts::{CALLER, Phones},
    maker::Made,
};
use std::{collections::BTreeMap, fmt::Write};

const MODULES: &[&str] = &[
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_sorcery_astdb",
    "res_pjproject",
    "res_pjsip",
    "res_pjsip_pubsub",
    "res_pjsip_session",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_authenticator_digest",
    "res_pjsip_registrar",
    "res_pjsip_nat",
    "res_pjsip_caller_id",
    "res_pjsip_sdp_rtp",
    "res_pjsip_dtmf_info",
    "res_rtp_asterisk",
    "res_timing_timerfd",
    "chan_pjsip",
    "pbx_config",
    "app_dial",
    "app_exec",
    "app_playtones",
    "app_queue",
    "app_read",
    "app_verbose",
    "app_stack",
    "func_callerid",
    "func_channel",
    "func_strings",
    "func_logic",
    "func_devstate",
    "codec_alaw",
    "codec_ulaw",
    "bridge_simple",
    "bridge_native_rtp",
    "bridge_builtin_features",
    "bridge_holding",
];

/// Files that have to be there.
const EMPTY: &[&str] = &[
    "cel",
    "features",
    "ccss",
    "codecs",
    "acl",
    "udptl",
    "stasis",
    "indications",
    "manager",
    "http",
    "queuerules",
    "musiconhold",
    "pjproject",
];

/// Where the switch listens for phones, and whom it lets in.
#[derive(Debug, Clone)]
pub struct Listen {
    /// An address of this machine, in brackets where it is of version 6.
    pub host: String,
    pub port: u16,
    pub password: String,
    /// The directories of the switch, as it sees them: its own, and that of its modules.
    pub own: String,
    pub modules: String,
}

/// The files by their names.
pub fn files(made: &Made, listen: &Listen) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> =
        EMPTY.iter().map(|it| ((*it).to_owned(), String::new())).collect();
    let Listen { own, modules, .. } = listen;
    let asterisk = format!(
        "[directories]\nastetcdir => {own}/etc\nastmoddir => {modules}\nastvarlibdir => /var/lib/asterisk\n\
         astdbdir => {own}/db\nastkeydir => /var/lib/asterisk\nastdatadir => /usr/share/asterisk\n\
         astagidir => {own}/none\nastspooldir => {own}/spool\nastrundir => {own}/run\nastlogdir => {own}/log\n\
         [options]\nnocolor = yes\nlive_dangerously = no\n"
    );
    let required: String = MODULES.iter().map(|it| format!("require={it}.so\n")).collect();
    let named = [
        ("asterisk", asterisk),
        ("modules", format!("[modules]\nautoload=no\n{required}")),
        (
            "logger",
            "[general]\ndateformat=%s.%3q\n[logfiles]\nfull => notice,warning,error,verbose(1)\n".to_owned(),
        ),
        ("cdr", "[general]\nenable=no\n".to_owned()),
        ("rtp", "[general]\nrtpstart=20000\nrtpend=29999\n".to_owned()),
        ("pjsip", pjsip(&made.phones, listen)),
        ("queues", made.queues.clone()),
        ("extensions", made.extensions.clone()),
    ];
    files.extend(named.map(|(name, text)| (name.to_owned(), text)));
    files
}

fn pjsip(phones: &Phones, listen: &Listen) -> String {
    let Listen { host, port, password, .. } = listen;
    let media = host.trim_matches(['[', ']']);
    let mut text = format!(
        "[global]\ntype=global\nendpoint_identifier_order=username,auth_username\n\
         [udp]\ntype=transport\nprotocol=udp\nbind={host}:{port}\n\
         [base](!)\ntype=endpoint\ncontext=entry\ntransport=udp\ndisallow=all\nallow=ulaw,alaw\ndirect_media=no\n\
         rtp_symmetric=yes\nforce_rport=yes\nrewrite_contact=yes\nmedia_address={media}\n\
         bind_rtp_to_media_address=yes\nidentify_by=username,auth_username\n"
    );
    for account in phones.all().map(|(_, account)| account).chain([CALLER]) {
        let _ = write!(
            text,
            "[{account}](base)\nauth={account}\naors={account}\n\
             [{account}]\ntype=auth\nauth_type=userpass\nusername={account}\npassword={password}\n\
             [{account}]\ntype=aor\nmax_contacts=1\nremove_existing=yes\n"
        );
    }
    text
}
