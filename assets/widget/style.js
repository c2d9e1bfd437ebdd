// The look; the loader's sheet is its beginning. A string, because adopted sheets are what a strict content security policy of the host lets through.
export const css = `
:where(.panel,.panel *){margin:0;padding:0;border:0;font:inherit;color:inherit;background:none;letter-spacing:inherit;text-align:inherit}
[data-theme]{--a:#0b6e5f;--on:#fff;--link:#0b6e5f;--soft:#e9f2f1;--bg:#fff;--paper:#f7f6f3;--line:#e6e3dc;--edge:#8b867b;--text:#1d1c1a;--dim:#67635a;--bad:#b42318;--warm:#fdf6e3;--warmtext:#7a4f01;color-scheme:light}
[data-theme=dark]{--link:#5cc7b3;--soft:#1b332d;--bg:#1b1a18;--paper:#25231f;--line:#3a372f;--edge:#7d786c;--text:#f3f1ec;--dim:#aaa599;--bad:#ff9d90;--warm:#37301c;--warmtext:#f2cf83;color-scheme:dark}
.panel{position:fixed;z-index:2147483001;bottom:var(--below);right:var(--beside);width:400px;height:min(704px,calc(100dvh - 40px));display:flex;flex-direction:column;overflow:hidden;
background:var(--bg);color:var(--text);border-radius:20px;box-shadow:0 0 0 1px #0000000f,0 4px 12px #00000014,0 20px 56px #0000003d;
overflow-wrap:anywhere;animation:rise .2s cubic-bezier(.2,.8,.3,1)}
[data-theme=dark] .panel{box-shadow:0 0 0 1px #ffffff1f,0 20px 56px #000000a6}
.left .panel{right:auto;left:var(--beside)}
.panel.page{position:relative;inset:auto!important;width:min(560px,100%);height:min(760px,calc(100dvh - 96px));margin:0 auto}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
.panel{text-align:start}button{cursor:pointer}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
b,h2,h3,h4{font-weight:650}
small{font-size:13px}
.dim,small{color:var(--dim)}
.dim{font-size:14px}
.icon{width:20px;height:20px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.link{color:var(--link);font-weight:600;font-size:14px;text-decoration:underline;text-underline-offset:3px;padding:4px}
a{color:inherit;text-decoration:underline}
.head{display:flex;align-items:center;gap:4px;padding:10px;min-height:64px;border-bottom:1px solid var(--line);padding-top:max(10px,env(safe-area-inset-top,0px))}
.grow,.who{flex:1;min-width:0}.who{padding:0 6px}
.heading{font-size:16px;line-height:1.35;outline:none}
.sub{font-size:13px;color:var(--dim);line-height:1.35}
.round{width:44px;height:44px;border-radius:50%;display:grid;place-items:center;flex:none}
.round:hover{background:#8882}
.is-home .head{background:var(--a);color:var(--on);border:0;padding:18px 12px 62px 18px;align-items:flex-start}
.is-home .heading{font-size:25px;line-height:1.3;letter-spacing:-.025em;padding-top:8px;font-weight:700}
.is-home .sub{color:inherit;font-size:15px;margin-top:6px}
.is-home .head :focus-visible{outline-color:currentColor}
.main,.conversation{flex:1;min-height:0;position:relative}
.main,.conversation,.scroll,.status,.big,.log,.said,.steps,.skeleton{display:flex;flex-direction:column}
.scroll{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;padding:16px;gap:12px}
.scroll>*{flex:none}
.is-home .main{margin-top:-46px}
.panel.is-home{height:auto;max-height:calc(100dvh - 40px)}
.home{padding-top:0}
.card{background:var(--bg);border:1px solid var(--line);border-radius:16px;padding:18px}
.home .card{padding:14px;box-shadow:0 6px 20px #00000014}
h3{font-size:17px;line-height:1.4;letter-spacing:-.015em}
.card h3+p,.card p+p{margin-top:6px}
.ring{width:100%;min-height:56px;border-radius:14px;background:var(--a);color:var(--on);font-weight:650;font-size:17px;display:flex;align-items:center;justify-content:center;gap:10px}
.ring:hover,.main-button:hover,.send:hover:enabled{filter:brightness(1.08)}
.attach{padding:12px 4px 0}
.attach label{display:flex;gap:10px;align-items:flex-start;font-size:14px;line-height:1.45;cursor:pointer}
.attach label small{display:block}
.attach>.link{margin-left:25px}
input[type=checkbox],input[type=radio]{appearance:auto;accent-color:var(--link);width:18px;height:18px;margin:1px 0 0 1px;flex:none}
.way{display:flex;align-items:center;gap:14px;width:100%;padding:14px 16px;border:1px solid var(--line);border-radius:16px}
.way b,.way small{display:block}.way>.icon{color:var(--dim)}
.disc{width:40px;height:40px;border-radius:12px;background:var(--soft);color:var(--link);display:grid;place-items:center;flex:none}
.status:empty{display:none}
.status,.skeleton{gap:12px}
.wait{display:flex;align-items:center;gap:16px}
.dial{position:relative;width:64px;height:64px;flex:none;display:grid;place-items:center;color:var(--link)}
.dial svg:first-child{position:absolute;inset:0;transform:rotate(-90deg);stroke-width:2.4}
.rim{stroke:var(--line)}.hand{stroke:var(--link);stroke-dasharray:100;stroke-dashoffset:100;transition:stroke-dashoffset 1s linear}
.dial .icon{width:28px;height:28px}
.clock{font-size:26px;line-height:1.2;font-variant-numeric:tabular-nums;letter-spacing:-.02em}
.ringing .icon{animation:swing .5s ease-in-out infinite alternate;transform-origin:50% 10%}
.ringing .hand{stroke-dashoffset:75;animation:turn 1.2s linear infinite;transform-origin:center}
@keyframes turn{to{transform:rotate(1turn)}}
.hint{text-align:center;padding:2px 12px}
.steps{list-style:none;gap:9px;margin-top:16px;padding-top:16px;border-top:1px solid var(--line);font-size:14px;line-height:1.45}
.ended .status{order:2}.ended .log{margin-top:0}
.steps li{display:flex;gap:10px;color:var(--dim)}
.steps .icon{width:18px;height:18px;margin-top:1px}
.steps .done,.steps .now{color:var(--text)}.steps .done .icon,.steps .now .icon{color:var(--link)}
.steps .promise{color:var(--link);font-weight:650}
.offer{background:var(--warm);border-color:transparent}
.offer .dim{color:inherit;opacity:.8}
.pair{display:flex;gap:8px;margin-top:14px}.pair>*{flex:1}
.button{min-height:44px;padding:8px 18px;border-radius:12px;border:1px solid var(--line);background:var(--bg);font-weight:600;font-size:15px;text-align:center}
.way:hover,.button:hover{background:var(--paper)}
.main-button,.main-button:hover{background:var(--a);color:var(--on);border-color:transparent}
.danger,.danger:hover{background:var(--bad);color:var(--bg);border-color:transparent}
.button[aria-busy]{opacity:.6;cursor:progress}
.big{align-items:center;text-align:center;gap:8px;padding:28px 12px 20px}
.big p{color:var(--dim);max-width:30ch;margin-bottom:8px}
.big .disc{width:56px;height:56px;border-radius:18px;margin-bottom:6px}.big .disc .icon{width:28px;height:28px}
.big .button{min-width:200px}
.log{gap:3px;margin-top:auto}
.day,.note{align-self:center;text-align:center;font-size:12.5px;color:var(--dim);padding:10px 0}
.note time::before{content:' · '}
.said{max-width:84%;align-items:flex-start;align-self:flex-start}
.mine{align-self:flex-end;align-items:flex-end}
.said.first{margin-top:10px}
.name{display:flex;align-items:center;gap:7px;font-size:13px;font-weight:600;color:var(--dim);margin-bottom:5px}
.bubble{padding:9px 14px;border-radius:18px;background:var(--paper);white-space:pre-wrap;unicode-bidi:isolate}
.mine .bubble{background:var(--a);color:var(--on);border-bottom-right-radius:6px}
.theirs .bubble{border-bottom-left-radius:6px}
.pending .bubble{filter:saturate(.4)}
.foot{display:flex;flex-wrap:wrap;gap:2px 8px;font-size:12px;color:var(--dim);padding:3px 4px 0}
.mine .foot{justify-content:flex-end}
.foot.bad{color:var(--bad)}.foot .link{font-size:12px;padding:0}
.typing{align-self:flex-start;display:flex;gap:4px;padding:14px;border-radius:18px;background:var(--paper)}
.typing i{width:7px;height:7px;border-radius:50%;background:var(--dim);animation:dot 1.1s infinite}
.typing i:nth-child(2){animation-delay:.15s}.typing i:nth-child(3){animation-delay:.3s}
@keyframes dot{0%,60%,100%{opacity:.3;transform:none}30%{opacity:1;transform:translateY(-3px)}}
.below{position:absolute;left:50%;bottom:88px;transform:translateX(-50%);display:flex;gap:6px;align-items:center;padding:8px 14px;border-radius:20px;background:var(--text);color:var(--bg);font-size:13px;font-weight:600}
.faces{display:flex}
.face{position:relative;width:36px;height:36px;border-radius:50%;background:var(--soft);color:var(--link);display:grid;place-items:center;font-weight:650;font-size:15px;flex:none;box-shadow:0 0 0 2px var(--bg)}
.face+.face{margin-left:-9px}
.face.small{width:24px;height:24px;font-size:11px}
.face.on:not(.small)::after{content:"";position:absolute;right:-1px;bottom:-1px;width:10px;height:10px;border-radius:50%;background:#17a34a;box-shadow:0 0 0 2px var(--bg)}
.composer{padding:10px 12px calc(12px + env(safe-area-inset-bottom,0px));border-top:1px solid var(--line)}
.field{display:flex;align-items:flex-end;border:1px solid var(--edge);border-radius:22px;padding:4px 4px 4px 16px}
.field:focus-within{border-color:var(--link);box-shadow:0 0 0 1px var(--link)}
.field textarea{flex:1;resize:none;outline:none;font-size:16px;line-height:1.5;padding:6px 0;max-height:140px;min-height:36px}
::placeholder{color:var(--dim);opacity:1}
.send{width:36px;height:36px;border-radius:50%;background:var(--a);color:var(--on);display:grid;place-items:center;flex:none}
.send:disabled{background:var(--line);color:var(--dim);cursor:default}
.wrong{color:var(--bad);font-size:13.5px;padding:4px 2px}
.skeleton i{height:72px;border-radius:16px;background:var(--paper);animation:breathe 1.2s ease-in-out infinite alternate}
@keyframes breathe{to{opacity:.45}}
.banner{display:flex;align-items:center;justify-content:space-between;gap:8px;padding:8px 16px;font-size:13.5px;background:var(--paper);color:var(--dim)}
.banner.trouble{background:var(--warm);color:var(--warmtext)}
.banner .link{color:inherit;font-size:13px;flex:none}
.is-home .banner{order:3}
.sheet{position:absolute;z-index:2;left:10px;right:10px;bottom:calc(10px + env(safe-area-inset-bottom,0px));padding:16px;border-radius:18px;background:var(--bg);box-shadow:0 0 0 1px var(--line),0 0 0 100vmax #0000004d,0 12px 40px #0000004d;animation:rise .16s}
.entry{display:block;width:100%;padding:13px 12px;border-radius:12px;font-weight:600}
.entry:hover,.entry:focus-visible{background:var(--paper)}
@media(max-width:480px){.panel:not(.page){inset:0!important;width:100%;height:100dvh!important;max-height:none!important;border-radius:0;box-shadow:none}.panel.page{height:calc(100dvh - 72px);border-radius:0;box-shadow:none}}
@media(forced-colors:active){.ring,.send,.bubble{border:1px solid}}
@media print{:host{display:none}}

.form{display:flex;flex-direction:column;gap:16px}
.form.tight{gap:8px}
.labelled label,.form legend{display:block;font-weight:600;font-size:14px;margin-bottom:6px}
.form input:not([type=radio]),.form textarea{width:100%;border:1px solid var(--edge);border-radius:12px;padding:10px 14px;font-size:16px;line-height:1.5;background:var(--bg)}
.form textarea{resize:vertical;min-height:80px;display:block}
.form :is(input,textarea)[aria-invalid=true]{border-color:var(--bad)}
.choices{display:flex;gap:8px}
.choice{flex:1;display:flex;gap:8px;align-items:center;min-height:44px;padding:0 14px;border:1px solid var(--edge);border-radius:12px;margin:0;cursor:pointer}
.choice:has(:checked){border-color:var(--link);background:var(--soft);box-shadow:0 0 0 1px var(--link)}
.pill{display:inline-block;padding:1px 9px;border-radius:10px;font-size:12px;font-weight:600;background:var(--paper);color:var(--dim);margin-right:7px}
.pill[data-status=answered]{background:var(--soft);color:var(--link)}.pill[data-status=open]{background:var(--warm);color:var(--warmtext)}
.list{display:flex;flex-direction:column;gap:10px}
.post small{margin-top:5px}
.post b{overflow:hidden;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical}
.meta{font-size:13px;color:var(--dim);margin-bottom:6px}
.text{white-space:pre-wrap;unicode-bidi:isolate;font-size:15px}
h4{font-size:14px;color:var(--dim);padding-top:6px}
.comment{padding:12px 16px;border-radius:16px;background:var(--paper)}
.comment.admin{background:var(--soft)}
.facts{margin:8px 0 0 29px;padding:10px 12px;border-radius:10px;background:var(--paper);font-size:12.5px;line-height:1.5;color:var(--dim);max-height:170px;overflow:auto}
.facts li{padding:2px 0;list-style:none}.facts :last-child{color:var(--text)}
`;
