/* The demo's page: what stands beside the two phones. The phones themselves are the same page as everybody's. */
(function () {
  'use strict';
  const Payung = window.Payung;
  const TEXTS = JSON.parse(document.getElementById('texts').textContent);
  const byId = function (id) { return document.getElementById(id); };
  const main = document.querySelector('main');

  const link = /[#&][tu]=/.test(location.hash);
  if (link) { location.replace('/chat/me' + location.hash); return; }

  function show(name) {
    main.setAttribute('data-shown', name);
    document.querySelectorAll('[data-tab]').forEach(function (tab) {
      tab.setAttribute('aria-pressed', String(tab.getAttribute('data-tab') === name));
    });
  }

  function tellPhone(name, kind, detail) {
    const phone = byId(name).contentWindow;
    phone.dispatchEvent(new phone.CustomEvent(kind, { detail: detail }));
    show(name);
  }

  function hint(entry) {
    const list = byId('hints');
    const label = document.createElement('dt');
    const value = document.createElement('dd');
    label.textContent = entry.label;
    value.textContent = entry.value;
    list.appendChild(label);
    list.appendChild(value);
    if (entry.name !== 'officer_code') return;
    const use = document.createElement('button');
    use.type = 'button';
    use.id = 'code-use';
    use.textContent = TEXTS['demo.use'];
    use.addEventListener('click', function () {
      const text = /\s/.test(entry.value) ? entry.value : TEXTS['demo.code'].replace('{code}', entry.value);
      tellPhone('officer', 'payung:say', text);
    });
    list.appendChild(use);
  }

  async function hints() {
    const result = await Payung.call('GET', '/chat/demo/hints');
    if (result.status !== 200) return;
    byId('hints').textContent = '';
    result.value.hints.forEach(hint);
    byId('sample').hidden = !result.value.sample;
    if (result.value.sample) byId('sample-picture').src = '/chat/sample-ktp.jpg';
    byId('card').hidden = !result.value.card;
    if (result.value.simulator) Payung.simulate();
  }

  async function reset(name) {
    const result = await Payung.post('/chat/session', { slot: name });
    if (result.status === 201) byId(name).contentWindow.location.reload();
    hints();
  }

  async function sendSample() {
    const picture = await (await fetch('/chat/sample-ktp.jpg')).blob();
    if (main.getAttribute('data-view') === 'apps') { Payung.sendToApp(picture); return; }
    tellPhone('worker', 'payung:file', { blob: picture, name: 'sample-ktp.jpg' });
  }

  async function issueCard() {
    const button = byId('card-issue');
    button.disabled = true;
    const result = await Payung.post('/chat/demo/issue-card', {});
    byId('card-said').textContent = result.value && result.value.text || TEXTS['demo.failed'];
    button.disabled = false;
  }

  document.querySelectorAll('[data-tab]').forEach(function (tab) {
    tab.addEventListener('click', function () { show(tab.getAttribute('data-tab')); });
  });
  document.querySelectorAll('[data-reset]').forEach(function (button) {
    button.addEventListener('click', function () { reset(button.getAttribute('data-reset')); });
  });
  byId('sample-send').addEventListener('click', sendSample);
  byId('card-issue').addEventListener('click', issueCard);
  hints();
})();
