"""How the browser of topics looks, and what its keys do; without its script it shows everything at once."""

STYLE = """
body{padding:0}
body>h1{padding:12px 16px 0}
.skip{position:absolute;left:-9999px}
.skip:focus{left:8px;top:8px;background:#fff;padding:4px 8px}
.tools{position:sticky;top:0;z-index:1;background:#fff;border-bottom:1px solid var(--line);padding:8px 16px}
.tools input{font:inherit;padding:4px 8px;width:min(24rem,60%);border:1px solid #8c8c8c;border-radius:3px}
.tools kbd{border:1px solid var(--line);border-radius:3px;padding:0 4px;background:var(--pale)}
.tools p{margin:4px 0 0;color:var(--faint);font-size:12px}
.pane{display:grid;grid-template-columns:minmax(12rem,19rem) minmax(0,1fr);gap:0 24px;padding:0 16px}
nav{position:sticky;top:74px;align-self:start;max-height:calc(100vh - 84px);overflow:auto;padding:8px 0}
nav ol{list-style:none;margin:0;padding:0}
nav a{display:flex;justify-content:space-between;gap:8px;padding:3px 6px;color:inherit;text-decoration:none;
border-left:3px solid transparent}
nav a:hover{background:var(--pale)}
nav a[aria-current]{border-color:var(--blue);background:var(--pale)}
nav a span:last-child{color:var(--faint);font-variant-numeric:tabular-nums;white-space:nowrap}
main>section{padding:8px 0 24px;border-bottom:1px solid var(--line);scroll-margin-top:74px}
main:focus,main>section:focus{outline:none}
main>section:focus-visible h2{outline:2px solid var(--blue);outline-offset:2px}
h2,h3,p,li,td,th,blockquote,nav span{overflow-wrap:anywhere}
h3{font-size:13px;margin:16px 0 4px}
.warn{border-left:4px solid #d55e00;padding:2px 8px;background:var(--pale)}
.faint{color:var(--faint)}
.wide{overflow-x:auto}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
svg text{font-size:11px;fill:var(--faint)}
svg.curve{max-width:560px;width:100%;display:block}
svg path{fill:none;stroke-width:1.5}
svg .axis{stroke:#8c8c8c;stroke-width:1}
svg .band{fill:#56b4e9;fill-opacity:.35;stroke:none}
svg .pale{stroke:#8c8c8c;stroke-width:.75}
svg .written{stroke:#0072b2;stroke-width:2}
svg .printed{stroke:#d55e00;stroke-dasharray:6 3}
svg .share{fill:#0072b2;fill-opacity:.45}
svg .interval{stroke:#222}
blockquote{margin:6px 0;padding-left:10px;border-left:3px solid var(--line)}
details{margin:2px 0 6px}
details p{white-space:pre-wrap;max-width:46rem;margin:4px 0 4px 16px}
ol.examples{padding-left:20px;margin:4px 0}
[hidden]{display:none!important}
@media (max-width:700px){.pane{grid-template-columns:minmax(0,1fr)}nav{position:static;max-height:14rem}}
@media print{.tools,nav{display:none}.pane{display:block}}
"""

SCRIPT = """
const field=document.querySelector('#find'),told=document.querySelector('#told');
const sections=[...document.querySelectorAll('main>section')];
const links=new Map([...document.querySelectorAll('nav a')].map(a=>[a.hash.slice(1),a]));
let chosen=false;
const plain=text=>text.normalize('NFKD').replace(/[\\u0300-\\u036f]/g,'').toLowerCase();
const texts=new Map(sections.map(s=>[s,plain(s.textContent)]));
const inner=new Map([...document.querySelectorAll('details')].map(d=>[d,plain(d.textContent)]));
document.querySelector('.tools').hidden=false;
function find(){
  const words=plain(field.value).split(/\\s+/).filter(Boolean);
  const holds=text=>words.every(word=>text.includes(word));
  let n=0;
  for(const section of sections){
    const shown=holds(texts.get(section));
    section.hidden=!shown;links.get(section.id).parentElement.hidden=!shown;n+=shown;
  }
  for(const [details,text] of inner){
    if(words.length&&holds(text)){if(!details.open){details.open=true;details.dataset.found=''}}
    else if('found' in details.dataset){details.open=false;delete details.dataset.found}
  }
  told.textContent=words.length?n+' of '+sections.length+' topics':'';
}
function mark(id){
  for(const [name,a] of links){
    if(name===id)a.setAttribute('aria-current','true');else a.removeAttribute('aria-current');
  }
}
function show(section){
  chosen=true;mark(section.id);
  section.scrollIntoView();section.focus({preventScroll:true});
}
function go(step){
  const shown=sections.filter(s=>!s.hidden);if(!shown.length)return;
  const here=document.querySelector('nav [aria-current]');
  const at=here?shown.findIndex(s=>s.id===here.hash.slice(1)):-1;
  const next=shown[Math.min(Math.max(at+step,0),shown.length-1)];
  show(next);
}
field.addEventListener('input',find);
document.addEventListener('keydown',event=>{
  if(event.ctrlKey||event.altKey||event.metaKey)return;
  if(event.target===field){if(event.key==='Escape'){field.value='';find();field.blur()}return}
  if(event.key==='/'){event.preventDefault();field.focus()}
  else if(event.key==='j')go(1);else if(event.key==='k')go(-1);
});
for(const a of document.querySelectorAll('a[href^="#"]'))a.addEventListener('click',event=>{
  // Not by its address: in the frame of a notebook that is the notebook's, and would load it into the frame.
  event.preventDefault();show(document.getElementById(a.hash.slice(1)));
});
// Not by an observer: in the frame of a notebook its margins do not count.
addEventListener('scroll',()=>{
  if(chosen){chosen=false;return}
  const above=sections.filter(s=>!s.hidden&&s.getBoundingClientRect().top<120);
  if(above.length)mark(above.at(-1).id);
},{passive:true});
"""
