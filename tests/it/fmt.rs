//! One form for all files, and what they say stays.

use crate::workspace::Workspace;
use dialform::error::Ending;

#[test]
fn files_say_the_same_in_their_new_form() {
    let workspace = Workspace::quickstart();
    let plan = |it: &Workspace| it.run(&["plan", "--sandbox", "--format", "json"]).out;
    let digest = |plan: &str| serde_json::from_str::<serde_json::Value>(plan).unwrap()["digest"].clone();
    let before = plan(&workspace);
    let check = workspace.run(&["fmt", "--check"]);
    let names = [
        "dialform.yaml",
        "tenants/acme-dental.yaml",
        "tenants/bright-solar.yaml",
        "tenants/harbour-legal.yaml",
    ];
    let said = |what: &str| names.map(|name| format!("{name}: {what}\n")).concat();
    assert_eq!(
        (check.ending, check.out),
        (Ending::Error, said("has another form; `dialform fmt` writes it"))
    );
    let done = workspace.run(&["fmt"]);
    assert_eq!((done.ending, done.out), (Ending::Fine, said("written")), "{}", done.err);
    let again = workspace.run(&["fmt", "--check"]);
    assert_eq!((again.ending, again.out), (Ending::Fine, String::new()));
    assert_eq!(digest(&plan(&workspace)), digest(&before));
    // What an import writes has that form already.
    std::fs::remove_dir_all(workspace.path("tenants")).unwrap();
    workspace.run(&["import", "--sandbox", "--provider", "stratus-dallas", "--all"]);
    let again = workspace.run(&["fmt", "--check"]);
    assert_eq!((again.ending, again.out), (Ending::Fine, String::new()), "{}", again.err);
}

/// A file with a fault is not touched, and neither is any other.
#[test]
fn a_file_that_cannot_be_read_stops_all() {
    let workspace = Workspace::quickstart();
    workspace.write("tenants/bad.yaml", "tenant: [");
    let before = workspace.read("tenants/acme-dental.yaml");
    let done = workspace.run(&["fmt"]);
    assert_eq!(done.ending, Ending::Error);
    assert!(done.err.contains("tenants/bad.yaml"), "{}", done.err);
    assert_eq!(workspace.read("tenants/acme-dental.yaml"), before);
}
