//! How the page looks: light or dark as the reader has it, black on white on paper. Nothing is said by colour alone.

/// The style sheet. Every colour of a text has a contrast of 4.5 to 1 or more to what is behind it.
pub const STYLE: &str = "
:root{color-scheme:light dark;--page:#fff;--raised:#f6f8fa;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--link:#0550ae;\
--good:#116329;--some:#7d4e00;--bad:#a40e26;--mark:#fff0b3;--focus:#0550ae}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--raised:#161b22;--ink:#e6edf3;--soft:#9da7b1;--line:#30363d;\
--link:#79c0ff;--good:#56d364;--some:#e3b341;--bad:#ff7b72;--mark:#4d3d00;--focus:#79c0ff}}
*{box-sizing:border-box}
html{scroll-padding-top:5.5rem}
body{margin:0;background:var(--page);color:var(--ink);line-height:1.5;\
font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}
header{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;align-items:baseline;\
padding:.5rem 1.5rem;background:var(--raised);border-bottom:1px solid var(--line)}
main,footer{max-width:76rem;margin:0 auto;padding:0 1.5rem}
main:focus{outline:none}
footer{border-top:1px solid var(--line);margin-top:2.5rem;padding-bottom:2rem}
h1{font-size:1.15rem;margin:0}
h2{font-size:1.3rem;margin:2rem 0 .6rem;padding-bottom:.2rem;border-bottom:1px solid var(--line)}
h3{font-size:1.05rem;margin:1.4rem 0 .4rem}
h4{font-size:1rem;margin:0;font-weight:600}
h1,h3,code,li,p,dd{overflow-wrap:anywhere}
p,li{max-width:62rem}
p{margin:.35rem 0}
ul{margin:.35rem 0;padding-left:1.4rem}
li{margin:.25rem 0}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.skip{position:absolute;left:-99rem;top:0;z-index:2;padding:.6rem 1rem;background:var(--page)}
.skip:focus{left:0}
nav{flex:1 1 0;min-width:min(24rem,100%)}
nav ul{display:flex;flex-wrap:wrap;gap:0 1rem;margin:0;padding:0;list-style:none}
.filter{margin:0 0 0 auto}
select{max-width:14rem;font:inherit;color:var(--ink);background:var(--page);border:1px solid var(--soft);border-radius:4px;\
padding:.15rem .3rem}
@supports not selector(:has(a)){.filter{display:none}}
.lead{font-size:1.15rem;font-weight:600}
.soft,small{color:var(--soft)}
.good{color:var(--good)}.some{color:var(--some)}.bad{color:var(--bad)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;font-size:.92em}
code{unicode-bidi:isolate}
pre{margin:.5rem 0;padding:.5rem .7rem;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--raised);\
border:1px solid var(--line);border-radius:4px}
mark{background:var(--mark);color:var(--ink);text-decoration:underline}
.line{color:var(--soft)}
.at{margin-bottom:0}.at+pre{margin-top:.2rem}
.step{margin:.8rem 0;padding-left:.9rem;border-left:3px solid var(--line)}
.sign{display:inline-block;padding:0 .4rem;border:1px solid currentColor;border-radius:4px;font-weight:600;font-size:.85em}
.finding{margin:.9rem 0}
.tasks{list-style:none;padding-left:.2rem}
.tasks label{display:inline-flex;gap:.5rem;align-items:baseline}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--link)}
.wide{overflow-x:auto}
table{border-collapse:collapse;margin:.8rem 0;min-width:36rem}
caption{text-align:left;font-weight:600;padding-bottom:.3rem}
th,td{text-align:left;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:break-word}
th code,td code{overflow-wrap:break-word}
.number{font-variant-numeric:tabular-nums}
.pair{display:flex;flex-wrap:wrap;gap:.6rem 1rem}
figure{margin:0;flex:1 1 auto;min-width:min(20rem,100%);max-width:100%}
figcaption{font-weight:600}
.drawn svg{display:block}
.drawn{overflow:auto;border:1px solid var(--line);border-radius:4px}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1rem}
dt{color:var(--soft)}
dd{margin:0;grid-column:2}
@media (max-width:48rem){
html{scroll-padding-top:7rem}
header,main,footer{padding-left:1rem;padding-right:1rem}
header{column-gap:.8rem}select{max-width:8rem}
nav{order:3;flex-basis:100%;min-width:0;overflow-x:auto}
nav ul{flex-wrap:nowrap;white-space:nowrap;padding-bottom:.2rem}
dl{grid-template-columns:1fr}dd{grid-column:1;margin-bottom:.4rem}
}
@media print{
:root{color-scheme:light;--page:#fff;--raised:#fff;--ink:#000;--soft:#444;--line:#999;--link:#000;--good:#0b4a1e;--some:#5c3900;\
--bad:#7d0a1c;--mark:#fff}
body{font-size:10.5pt}
header{position:static;padding:0;background:none}
nav,.skip,.filter{display:none}
main,footer{max-width:none;padding:0}
details::details-content{display:block;height:auto;content-visibility:visible}
.step,.finding,tr{break-inside:avoid}
h2,h3,h4{break-after:avoid}
.wide,.drawn{overflow:visible;border:none}
.pair{display:block}
.picture{break-inside:avoid}
.drawn svg{max-width:100%;height:auto}
}
";
