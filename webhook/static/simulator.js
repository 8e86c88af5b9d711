/* The demo's Telegram and WhatsApp phones: what they show, what the person does on them, and the clock that can be moved.
   What is shown comes from the server, which plays the messengers; nothing is decided here. */
(function () {
  'use strict';
  const Payung = window.Payung;
  const BASE = '/chat/simulator';
  const HIDDEN_MS = 1000;
  const main = document.querySelector('main');
  const byId = function (id) { return document.getElementById(id); };
  const words = byId('words').dataset;
  const phones = {};
  let ahead = 0;
  let known = '';
  let looking = false;
  let touched = 'telegram';

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  function press(text, action, className) {
    const button = make('button', className || '', text);
    button.type = 'button';
    button.addEventListener('click', action);
    return button;
  }

  function tell(text) { byId('told').textContent = text || ''; }

  async function post(path, value) {
    const result = await Payung.post(BASE + path, value);
    if (result.status >= 400 || result.status < 200) tell(result.value && result.value.text || words.trouble);
    return result;
  }

  function time(at) {
    const date = new Date(at);
    return ('0' + date.getHours()).slice(-2) + '.' + ('0' + date.getMinutes()).slice(-2);
  }

  function day(at) {
    return new Date(at).toLocaleDateString('id-ID', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  }

  /* --- a phone ------------------------------------------------------------------------------------------------- */

  class Phone {
    constructor(section) {
      const phone = this;
      this.name = section.getAttribute('data-name');
      this.shown = {};
      section.appendChild(byId('app').content.cloneNode(true));
      const find = function (selector) { return section.querySelector(selector); };
      find('h2').textContent = section.getAttribute('data-home');
      this.who = find('.who'); this.talk = find('.talk'); this.hint = find('.hint'); this.banner = find('.banner');
      this.keys = find('.keys'); this.form = find('form'); this.more = find('.more'); this.list = find('.list');
      this.browser = find('.browser'); this.pick = find('.pick'); this.plus = find('.plus');
      this.boxes = section.querySelectorAll('.faults input');
      section.querySelectorAll('[data-only]').forEach(function (part) { if (part.dataset.only !== phone.name) part.remove(); });
      this.boxes = section.querySelectorAll('.faults input');
      this.boxes.forEach(function (box) {
        box.addEventListener('change', function () { post('/' + phone.name + '/faults', { name: box.name, on: box.checked }); });
      });
      find('[data-do=new]').addEventListener('click', function () { phone.closeAll(); tell(''); post('/' + phone.name + '/new', {}); });
      find('[data-do=save]').addEventListener('click', function () { phone.save(); });
      this.form.addEventListener('submit', function (event) { event.preventDefault(); phone.write(); });
      this.plus.addEventListener('click', function () { phone.toggleMore(phone.more.hidden); });
      section.querySelectorAll('.close').forEach(function (button) { button.addEventListener('click', function () { phone.closeAll(); }); });
      section.querySelectorAll('[data-send]').forEach(function (button) {
        button.addEventListener('click', function () { phone.send(button.dataset.send); });
      });
      section.addEventListener('keydown', function (event) { if (event.key === 'Escape') phone.closeAll(); });
      find('.back').addEventListener('click', function () { phone.closeAll(); });
      this.pick.addEventListener('change', function () { phone.picked(); });
      ['pointerdown', 'focusin'].forEach(function (kind) { section.addEventListener(kind, function () { touched = phone.name; }); });
    }

    /* --- doing --- */

    say(value) { return post('/' + this.name + '/say', value); }

    write() {
      const field = this.form.elements.text;
      const text = field.value.trim();
      field.value = '';
      if (text) this.say({ kind: 'text', text: text });
      field.focus();
    }

    choose(bubble, key) { this.closeAll(); this.say({ kind: 'press', text: key.label, choice: key.id, under: bubble.id }); }

    async send(kind) {
      this.closeAll();
      if (kind === 'sample') { this.upload(await (await fetch('/chat/sample-ktp.jpg')).blob(), 'ktp.jpg', false); return; }
      if (kind !== 'photo' && kind !== 'document') { this.say({ kind: kind }); return; }
      this.pick.accept = kind === 'photo' ? 'image/*' : '';
      this.pick.dataset.kind = kind;
      this.pick.click();
    }

    picked() {
      const file = this.pick.files[0];
      if (file) this.upload(file, file.name, this.pick.dataset.kind === 'document');
      this.pick.value = '';
    }

    async upload(file, name, asDocument) {
      const headers = { 'Content-Type': file.type || 'application/octet-stream', 'X-Filename': encodeURIComponent(name) };
      const url = BASE + '/' + this.name + '/file' + (asDocument ? '?document' : '');
      const result = await Payung.call('POST', url, { body: file, headers: headers, patience: 60000 });
      if (result.status !== 202) tell(result.value && result.value.text || words.trouble);
    }

    async save() {
      const answer = await fetch(BASE + '/' + this.name + '/transcript');
      if (!answer.ok) { tell(words.empty); return; }
      const link = make('a');
      link.href = URL.createObjectURL(await answer.blob());
      link.download = 'percakapan-' + this.name + '.txt';
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
      tell(words.saved);
    }

    /* --- sheets over the talk --- */

    toggleMore(open) { this.more.hidden = !open; this.plus.setAttribute('aria-expanded', String(open)); }

    closeAll() {
      this.toggleMore(false);
      this.list.hidden = true;
      this.browser.hidden = true;
      this.browser.lastElementChild.textContent = '';
    }

    openList(bubble) {
      const phone = this;
      const rows = this.list.querySelector('.rows');
      this.closeAll();
      this.list.querySelector('h3').textContent = bubble.list;
      rows.textContent = '';
      bubble.keys.forEach(function (key) {
        const row = press('', function () { phone.choose(bubble, key); });
        row.appendChild(make('b', '', key.label));
        if (key.description) row.appendChild(make('span', '', key.description));
        rows.appendChild(row);
      });
      this.list.hidden = false;
      rows.firstElementChild.focus();
    }

    /* A link of ours opens as on a phone: over the messenger, with a way back. */
    openLink(url) {
      const target = new URL(url);
      this.closeAll();
      if (target.pathname !== '/chat') { window.open(url, '_blank', 'noopener'); return; }
      const frame = make('iframe');
      frame.title = words.browser;
      frame.src = '/chat/me' + target.hash;
      this.browser.lastElementChild.appendChild(frame);
      this.browser.hidden = false;
    }

    /* --- showing --- */

    show(state) {
      const phone = this;
      this.who.textContent = state.name + ' · ' + state.number;
      this.boxes.forEach(function (box) { box.checked = state.faults[box.name]; });
      this.banner.hidden = !state.faults.blocked;
      this.form.hidden = state.faults.blocked;
      this.showKeys(state.faults.blocked ? [] : state.keyboard);
      const ids = {};
      let date = '', news = false;
      state.bubbles.forEach(function (bubble) {
        ids[bubble.id] = true;
        const line = day(bubble.at) === date ? '' : day(bubble.at);
        date = day(bubble.at);
        news = phone.showBubble(bubble, line) || news;
      });
      Object.keys(this.shown).forEach(function (id) {
        if (!ids[id]) { phone.shown[id].element.remove(); delete phone.shown[id]; }
      });
      this.hint.hidden = state.bubbles.length > 0;
      if (news) this.talk.scrollTop = this.talk.scrollHeight;
    }

    showKeys(keys) {
      const phone = this;
      this.keys.hidden = !keys.length;
      this.keys.textContent = '';
      keys.forEach(function (key) {
        const said = key.id === 'contact' ? { kind: 'contact' } : { kind: 'text', text: key.label };
        phone.keys.appendChild(press(key.label, function () { phone.say(said); }));
      });
    }

    showBubble(bubble, line) {
      const text = JSON.stringify(bubble) + line;
      const old = this.shown[bubble.id];
      if (old && old.text === text) return false;
      const element = this.bubble(bubble, line);
      if (old) old.element.replaceWith(element); else this.talk.appendChild(element);
      this.shown[bubble.id] = { text: text, element: element };
      return !old;
    }

    bubble(bubble, line) {
      const phone = this;
      const row = make('div', 'turn ' + bubble.side);
      if (line) row.appendChild(make('p', 'date', line));
      const box = make('div', 'bub');
      if (bubble.kind === 'template') box.appendChild(make('p', 'kind', words.template));
      else if (bubble.kind !== 'text' && bubble.kind !== 'press' && !bubble.photo && !bubble.document) {
        box.appendChild(make('p', 'kind', words[bubble.kind]));
      }
      if (bubble.photo) box.appendChild(this.picture(bubble.photo));
      if (bubble.document) box.appendChild(this.file(bubble.document));
      if (bubble.text) box.appendChild(make('p', 'text', bubble.text));
      const state = { sent: ' ✓✓', late: ' · ' + words.late, failed: ' · ' + words.failed }[bubble.state] || '';
      box.appendChild(make('span', 'meta', time(bubble.at) + state));
      row.appendChild(box);
      const below = make('div', 'below');
      if (bubble.link) below.appendChild(press('↗ ' + bubble.link[0], function () { phone.openLink(bubble.link[1]); }));
      if (bubble.list) below.appendChild(press('☰ ' + bubble.list, function () { phone.openList(bubble); }));
      else bubble.keys.forEach(function (key) {
        below.appendChild(press(key.label, function () { phone.choose(bubble, key); }));
      });
      if (below.children.length) row.appendChild(below);
      return row;
    }

    picture(id) {
      const picture = make('img');
      picture.alt = words.photo;
      picture.src = BASE + '/' + this.name + '/files/' + id;
      return picture;
    }

    file(parts) {
      const link = make('a', '', '📄 ' + (parts[1] || words.document));
      link.href = BASE + '/' + this.name + '/files/' + parts[0];
      link.setAttribute('download', parts[1]);
      return link;
    }
  }

  /* --- all of it ----------------------------------------------------------------------------------------------- */

  function tick() {
    const now = new Date(Date.now() + ahead);
    byId('clock').textContent = day(now) + ' ' + time(now);
  }

  async function look() {
    if (looking) return;
    looking = true;
    while (main.dataset.view === 'apps') {
      if (document.hidden) { await Payung.pause(HIDDEN_MS / 1000); continue; }
      const result = await Payung.call('GET', BASE + (known ? '?known=' + known : ''));
      if (result.status !== 200) { await Payung.pause(2); continue; }
      ahead = new Date(result.value.now) - Date.now();
      tick();
      if (String(result.value.version) === known) continue;
      known = String(result.value.version);
      Object.keys(phones).forEach(function (name) { phones[name].show(result.value.phones[name]); });
    }
    looking = false;
  }

  function view(name) {
    main.setAttribute('data-view', name);
    document.body.classList.toggle('apps', name === 'apps');
    document.querySelectorAll('[data-view]').forEach(function (button) {
      if (button !== main) button.setAttribute('aria-pressed', String(button.dataset.view === name));
    });
    history.replaceState(null, '', location.pathname + (name === 'apps' ? '#aplikasi' : ''));
    if (name === 'apps') look();
  }

  async function move(button) {
    const all = document.querySelectorAll('[data-hours]');
    all.forEach(function (each) { each.disabled = true; });
    tell(words.busy);
    const body = JSON.stringify({ hours: Number(button.dataset.hours) });
    const headers = { 'Content-Type': 'application/json' };
    const result = await Payung.call('POST', BASE + '/clock', { body: body, headers: headers, patience: 300000 });
    tell(result.status === 200 ? '' : words.trouble);
    all.forEach(function (each) { each.disabled = false; });
  }

  /* The sample photo goes to the phone that was used last, and there to the browser when that is open. */
  Payung.sendToApp = function (picture) {
    const phone = phones[touched];
    const frame = phone.browser.querySelector('iframe');
    if (!frame) { phone.upload(picture, 'ktp.jpg', false); return; }
    const page = frame.contentWindow;
    page.dispatchEvent(new page.CustomEvent('payung:file', { detail: { blob: picture, name: 'ktp.jpg' } }));
  };

  let begun = false;
  Payung.simulate = function () {
    if (begun) return;
    begun = true;
    byId('views').hidden = false;
    document.querySelectorAll('.app').forEach(function (section) {
      phones[section.getAttribute('data-name')] = new Phone(section);
    });
    document.querySelectorAll('button[data-view]').forEach(function (button) {
      button.addEventListener('click', function () { view(button.dataset.view); });
    });
    document.querySelectorAll('[data-hours]').forEach(function (button) {
      button.addEventListener('click', function () { move(button); });
    });
    document.addEventListener('click', function (event) {
      document.querySelectorAll('.faults[open]').forEach(function (menu) {
        if (!menu.contains(event.target)) menu.open = false;
      });
    });
    setInterval(tick, 1000);
    if (location.hash === '#aplikasi') view('apps');
  };
})();
