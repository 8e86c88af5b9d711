/* The chat of one phone: its session, what it hears, and what the person does. */
(function () {
  'use strict';
  const Payung = window.Payung;
  const slot = location.pathname.split('/')[2] || 'me';
  const base = '/chat/' + slot;
  const POLL_PATIENCE_MS = 40000;
  const TYPING_MS = 15000;
  const LAG = 20;
  const byId = function (id) { return document.getElementById(id); };
  const log = byId('log'), field = byId('field'), line = byId('line'), notice = byId('notice');

  let session = '';
  let ids = [];
  let generation = 0;
  let waiting = 0;
  let heard = 0;
  let poll = null;
  let invited = '';

  const view = new Payung.View(log, {
    choose: function (choice) { say({ kind: 'choice', choice: choice.id, label: choice.label }); log.focus({ preventScroll: true }); },
    again: function (item) { view.showPending(item); queue.again(item); }
  });
  const queue = new Payung.Queue(base, slot, {
    state: function (item, name, text, isOffline) {
      view.state(item, name, text);
      if (name === 'sending') item.heard = heard;
      if (name === 'sent') { offline(false); if (!item.hidden) tell(''); if (item.heard === heard) expectAnswer(); }
      if (name === 'waiting') { if (isOffline) offline(true); else tell(text); expectNothing(); }
      if (name === 'failed') expectNothing();
    },
    progress: function (item, part) { view.progress(item, part); },
    lost: function () { begin(); }
  });

  /* --- saying -------------------------------------------------------------------------------------------------- */

  function say(item) {
    item.id = Payung.newId();
    view.showPending(item);
    queue.add(item);
  }

  async function sendFile(file, name) {
    if (!file) return;
    if (!file.size) { tell(Payung.text('empty')); return; }
    const small = await Payung.shrink(file);
    if (small.size > Payung.FILE_MAX) { tell(Payung.text('large')); return; }
    tell('');
    const kind = /^image\//.test(small.type) ? 'photo' : 'document';
    say({ kind: kind, file: small, filename: name || file.name || '', text: kind === 'document' ? file.name : '' });
  }

  function sendText() {
    const text = field.value.trim();
    field.value = '';
    grow();
    if (text) { tell(''); say({ kind: 'text', text: text }); }
    field.focus();
  }

  /* --- telling the person how things stand --------------------------------------------------------------------- */

  function tell(text) {
    line.hidden = !text;
    line.textContent = text;
    line.removeAttribute('data-offline');
  }

  function offline(isOffline) {
    if (isOffline) { tell(Payung.text('offline')); line.setAttribute('data-offline', ''); return; }
    if (line.hasAttribute('data-offline')) tell('');
  }

  function expectAnswer() {
    clearTimeout(waiting);
    view.wait(true);
    waiting = setTimeout(expectNothing, TYPING_MS);
  }

  function expectNothing() {
    clearTimeout(waiting);
    view.wait(false);
  }

  function ask(text, go) {
    byId('notice-text').textContent = text;
    byId('notice-go').hidden = !go;
    byId('notice-go').onclick = function () { notice.hidden = true; byId('composer').hidden = false; go(); };
    notice.hidden = false;
    byId('composer').hidden = true;
  }

  /* --- hearing ------------------------------------------------------------------------------------------------- */

  function query(wait) {
    const have = ids.slice(-LAG);
    const after = ids.length > LAG ? ids[ids.length - LAG - 1] : 0;
    return base + '/messages?after=' + after + '&have=' + have.join(',') + (wait ? '' : '&wait=0');
  }

  function hear(messages) {
    if (!messages.length) return;
    messages.forEach(function (message) { ids.push(message.id); });
    ids.sort(function (one, other) { return one - other; });
    if (messages.some(function (message) { return message.side === 'bot'; })) { heard += 1; expectNothing(); }
    view.show(messages);
  }

  function look(wait) {
    return Payung.call('GET', query(wait), { patience: POLL_PATIENCE_MS, started: function (request) { poll = request; } });
  }

  /* The history is shown, a session opened where there is none, a first talk begun; then news as they come. */
  async function begin() {
    const mine = generation += 1;
    queue.held = true;
    if (poll) poll.abort();
    let opened = false;
    for (let tries = 0; mine === generation; tries += 1) {
      const result = await look(false);
      if (mine !== generation) return;
      if (result.status === 401) {
        if (opened && tries > 2) { ask(Payung.text('cookies'), null); return; }
        if (session) { forget(); tell(result.value && result.value.text || ''); }
        opened = await open({ slot: slot }) || opened;
      } else if (result.status === 200 && Array.isArray(result.value)) {
        if (result.value.length) { changed(result.session); hear(result.value); continue; }
        changed(result.session);
        break;
      } else {
        trouble(result);
        await Payung.pause(result.wait || Math.min(30, 1 + tries * 2));
      }
    }
    ready();
    listen(mine);
  }

  function ready() {
    offline(false);
    log.setAttribute('aria-busy', 'false');
    view.toEnd();
    queue.restore(session).forEach(function (item) { if (!item.hidden) view.showPending(item); });
    if (invited) {
      queue.add({ id: 'undangan-' + invited, kind: 'text', text: '/start u-' + invited, hidden: true });
      invited = '';
    } else if (!ids.length && !queue.items.length) {
      queue.add({ id: 'mulai', kind: 'text', text: Payung.text('start'), hidden: true });
    }
    queue.held = false;
    queue.run();
  }

  async function listen(mine) {
    let tries = 0;
    while (mine === generation) {
      if (document.hidden) { await visible(); continue; }
      const result = await look(true);
      if (mine !== generation) return;
      if (result.status === 401 || (result.status === 200 && result.session !== session)) { begin(); return; }
      if (result.status === 200 && Array.isArray(result.value)) {
        tries = 0;
        offline(false);
        hear(result.value);
      } else if (result.status >= 0) {
        trouble(result);
        tries += 1;
        await Payung.pause(result.wait || Math.min(15, tries * 2));
      }
    }
  }

  function visible() {
    return new Promise(function (resolve) { document.addEventListener('visibilitychange', resolve, { once: true }); });
  }

  function trouble(result) {
    if (result.status === 0) offline(true);
    else if (result.value && result.value.text) tell(result.value.text);
  }

  /* --- sessions ------------------------------------------------------------------------------------------------ */

  async function open(wanted) {
    const result = await Payung.post('/chat/session', wanted);
    if (result.status === 201) return true;
    if (result.status === 410) throw new Error(result.value.text);
    trouble(result);
    await Payung.pause(result.wait || 2);
    return false;
  }

  function forget() {
    ids = [];
    view.clear();
    queue.clear();
    session = '';
    log.setAttribute('aria-busy', 'true');
  }

  /* Another session than before (opened here or in another tab): nothing of the old one stays on the page. */
  function changed(mark) {
    if (session && mark !== session) forget();
    session = mark;
  }

  function takeLink() {
    const found = /[?&#]t=([^&#]+)/.exec(location.search + location.hash);
    if (!found) return '';
    history.replaceState(null, '', location.pathname);
    return decodeURIComponent(found[1]);
  }

  /* An invitation's code stands behind the #, which no browser sends to a server; it is said as the person's first words. */
  function takeInvitation() {
    const found = /^#u=([A-Za-z0-9]{8})$/.exec(location.hash);
    if (found) history.replaceState(null, '', location.pathname);
    return found ? found[1].toUpperCase() : '';
  }

  /* A one-time link opens its talk. Tapped again on the same phone, it leads back to the talk it opened. */
  async function start() {
    invited = takeInvitation();
    const link = takeLink();
    if (link && Payung.memory.get('link.' + slot) !== link) {
      try {
        while (!await open({ slot: slot, t: link }));
        Payung.memory.set('link.' + slot, link);
        queue.clear();
      } catch (error) {
        ask(error.message, begin);
        return;
      }
    }
    begin();
  }

  /* --- wiring -------------------------------------------------------------------------------------------------- */

  function grow() {
    field.style.height = 'auto';
    field.style.height = Math.min(132, field.scrollHeight + 2) + 'px';
  }

  byId('composer').addEventListener('submit', function (event) { event.preventDefault(); sendText(); });
  field.addEventListener('input', grow);
  field.addEventListener('keydown', function (event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); sendText(); }
  });
  field.addEventListener('focus', function () { setTimeout(function () { view.toEnd(); }, 250); });
  ['camera', 'file'].forEach(function (name) {
    const input = byId(name);
    document.querySelector('[data-opens=' + name + ']').addEventListener('click', function () { input.click(); });
    input.addEventListener('change', function () { const file = input.files[0]; sendFile(file); input.value = ''; });
  });
  field.addEventListener('paste', function (event) {
    const file = event.clipboardData && event.clipboardData.files && event.clipboardData.files[0];
    if (file) { event.preventDefault(); sendFile(file); }
  });
  window.addEventListener('offline', function () { offline(true); });
  window.addEventListener('online', function () { offline(false); });
  document.addEventListener('visibilitychange', function () { if (document.hidden && poll) poll.abort(); });
  window.addEventListener('resize', function () { if (document.activeElement === field) view.toEnd(); });
  window.addEventListener('payung:say', function (event) { say({ kind: 'text', text: event.detail }); });
  window.addEventListener('payung:file', function (event) { sendFile(event.detail.blob, event.detail.name); });

  Payung.call('GET', '/chat/about').then(function (result) {
    const about = result.value || {};
    if (about.programme) byId('programme').textContent = about.programme;
    if (about.agency) byId('agency').textContent = Payung.text('by', { agency: about.agency });
  });
  start();
})();
