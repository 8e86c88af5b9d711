/* What the page shows: bubbles in the order of time, choices under the last question, and the state of what was sent. */
(function () {
  'use strict';
  const Payung = window.Payung = window.Payung || {};
  const TEXTS = JSON.parse(document.getElementById('texts').textContent);
  const SHORT = 13;
  const NEAR_PX = 140;
  const CLIP = 'm20 11.5-8.2 8.1a5.2 5.2 0 0 1-7.4-7.3l8.6-8.6a3.5 3.5 0 0 1 5 4.9l-8.4 8.4a1.750 1.750 0 0 1-2.5-2.5l7.6-7.5';
  const CAMERA = 'M4 7.5h3.2L9 5h6l1.8 2.5H20a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 18V9A1.5 1.5 0 0 1 4 7.5zM8.5 13.2a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0';

  Payung.text = function (key, values) {
    return (TEXTS[key] || key).replace(/\{(\w+)\}/g, function (_all, name) { return (values || {})[name] || ''; });
  };

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }
  Payung.make = make;

  function icon(path) {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    const line = document.createElementNS(space, 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    const look = { d: path, fill: 'none', stroke: 'currentColor', 'stroke-width': '1.8', 'stroke-linejoin': 'round' };
    Object.keys(look).forEach(function (name) { line.setAttribute(name, look[name]); });
    svg.appendChild(line);
    return svg;
  }

  function two(number) { return ('0' + number).slice(-2); }
  function clock(date) { return two(date.getHours()) + '.' + two(date.getMinutes()); }
  function dayOf(date) {
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
    if (days === 0) return Payung.text('today');
    if (days === 1) return Payung.text('yesterday');
    return date.toLocaleDateString('id-ID', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  }

  /* The own words of somebody who typed a NIK show it no longer than the field did; the server masks what it keeps. */
  function hidden(text) {
    return text.replace(/\d(?:[\s.\-]?\d){14,}/g, function (digits) { return digits.slice(0, -4).replace(/\d/g, '•') + digits.slice(-4); });
  }

  Payung.View = class {
    /* hooks: choose(choice), again(item). */
    constructor(log, hooks) {
      this.log = log;
      this.hooks = hooks;
      this.rows = [];
      this.known = {};
      this.typing = null;
      this.moved = false;
      ['wheel', 'touchmove', 'keydown'].forEach(function (kind) {
        log.addEventListener(kind, function () { this.moved = true; }.bind(this), { passive: true });
      }, this);
    }

    clear() {
      this.rows.forEach(function (row) { row.element.remove(); });
      this.rows = [];
      this.known = {};
      this.wait(false);
    }

    /* Messages of the server are shown once each, in order of time; own ones take the place of their pending bubble. */
    show(messages) {
      const view = this;
      const follow = !this.moved || this.isNearEnd();
      messages.forEach(function (message) {
        if (view.known['id' + message.id]) return;
        const pending = message.cid && view.known['cid' + message.cid];
        const row = pending || view.row(message);
        view.known['id' + message.id] = row;
        if (message.cid) view.known['cid' + message.cid] = row;
        row.message = Object.assign({}, row.message, message);
        if (pending && row.text && message.text) row.text.textContent = message.text;
        view.stamp(row, clock(new Date(message.at)));
        view.place(row, message.at);
      });
      this.settle();
      if (follow) this.toEnd();
    }

    /* An own message before the server has it: below what is there, above what will come. */
    showPending(item) {
      const message = { side: 'me', cid: item.id, text: item.label || item.text || '', kind: item.kind, file: item.file };
      const row = this.known['cid' + item.id] || this.row(message);
      this.known['cid' + item.id] = row;
      const lowest = this.rows[this.rows.length - 1];
      if (!row.at) this.place(row, (lowest ? lowest.at : '') + '~');
      this.settle();
      this.moved = false;
      this.toEnd();
    }

    state(item, name, text) {
      const row = this.known['cid' + item.id];
      if (!row) return;
      row.trouble.forEach(function (element) { element.remove(); });
      row.trouble = [];
      if (row.bar && name !== 'sending') row.bar.hidden = true;
      if (name === 'failed') this.fail(row, item, text);
      if (!row.message.id) this.stamp(row, Payung.text(name));
    }

    progress(item, part) {
      const row = this.known['cid' + item.id];
      if (!row || !row.bar) return;
      row.bar.hidden = false;
      row.bar.value = part;
    }

    wait(isWaiting) {
      if (this.typing) { this.typing.remove(); this.typing = null; }
      if (!isWaiting) return;
      this.typing = make('div', 'row');
      const dots = make('div', 'bubble typing');
      dots.setAttribute('role', 'img');
      dots.setAttribute('aria-label', Payung.text('typing'));
      for (let count = 0; count < 3; count += 1) dots.appendChild(make('i'));
      this.typing.appendChild(dots);
      this.log.appendChild(this.typing);
      this.toEnd();
    }

    isNearEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_PX; }

    /* The end is shown, but never so that the last message begins above the screen. */
    toEnd() {
      const last = this.rows[this.rows.length - 1];
      const top = last ? last.element.offsetTop - this.log.offsetTop - 12 : 0;
      this.log.scrollTop = Math.min(this.log.scrollHeight - this.log.clientHeight, Math.max(0, top));
    }

    /* --- building ------------------------------------------------------------------------------------------------ */

    row(message) {
      const element = make('div', 'row ' + (message.side === 'me' ? 'me' : 'bot'));
      const bubble = make('div', 'bubble');
      bubble.appendChild(make('span', 'said', Payung.text(message.side === 'me' ? 'me' : 'bot') + ': '));
      const row = { message: message, element: element, bubble: bubble, at: '', text: null, bar: null, trouble: [], choices: null };
      this.attach(row, message);
      if (message.text && message.kind !== 'document') {
        row.text = make('p', 'text', message.side === 'me' ? hidden(message.text) : message.text);
        bubble.appendChild(row.text);
      }
      row.meta = make('span', 'meta');
      bubble.appendChild(row.meta);
      element.appendChild(bubble);
      this.offer(row, message);
      return row;
    }

    attach(row, message) {
      const view = this;
      if (message.photo || (message.file && message.kind === 'photo')) {
        const picture = make('img', 'picture');
        picture.alt = Payung.text(message.photo ? 'photo.bot' : 'photo');
        picture.onload = function () { if (!view.moved || view.isNearEnd()) view.toEnd(); };
        picture.onerror = function () { picture.replaceWith(view.attached(CAMERA, Payung.text('photo'))); };
        picture.src = message.photo || URL.createObjectURL(message.file);
        row.bubble.appendChild(picture);
      } else if (message.kind === 'photo') {
        row.bubble.appendChild(this.attached(CAMERA, Payung.text('photo.sent')));
      } else if (message.kind === 'document') {
        row.bubble.appendChild(this.attached(CLIP, message.text || Payung.text('document')));
      }
      if (message.file) {
        row.bar = make('progress');
        row.bar.max = 1;
        row.bar.hidden = true;
        row.bar.setAttribute('aria-label', Payung.text('sending'));
        row.bubble.appendChild(row.bar);
      }
    }

    attached(path, text) {
      const line = make('p', 'attached');
      line.appendChild(icon(path));
      line.appendChild(make('span', '', text));
      return line;
    }

    offer(row, message) {
      const view = this;
      const links = [];
      if (message.link && /^(https?:\/\/|\/[^/])/.test(message.link.url)) links.push([message.link.label, message.link.url, false]);
      if (message.document) links.push([message.document.name, message.document.url, true]);
      links.forEach(function (parts) {
        const holder = make('div', 'choices');
        const link = make('a', 'choice', parts[0]);
        link.href = parts[1];
        link.rel = 'noopener noreferrer';
        if (parts[2]) link.setAttribute('download', parts[0]); else link.target = '_blank';
        holder.appendChild(link);
        row.element.appendChild(holder);
      });
      if (!message.buttons || !message.buttons.length) return;
      row.choices = make('div', 'choices');
      row.choices.setAttribute('role', 'group');
      message.buttons.forEach(function (choice) {
        const button = make('button', 'choice' + (choice.label.length <= SHORT ? ' short' : ''), choice.label);
        button.type = 'button';
        button.addEventListener('click', function () { view.hooks.choose(choice); });
        row.choices.appendChild(button);
      });
      row.element.appendChild(row.choices);
    }

    fail(row, item, text) {
      const view = this;
      const reason = make('p', 'trouble', text || '');
      const again = make('button', 'again', Payung.text('again'));
      again.type = 'button';
      again.addEventListener('click', function () { view.hooks.again(item); });
      row.trouble = [reason, again];
      row.trouble.forEach(function (element) { row.bubble.appendChild(element); });
    }

    stamp(row, text) { row.meta.textContent = text; }

    /* --- order --------------------------------------------------------------------------------------------------- */

    place(row, at) {
      const old = this.rows.indexOf(row);
      if (old >= 0) this.rows.splice(old, 1);
      row.at = at;
      let place = this.rows.length;
      while (place > 0 && this.isAfter(this.rows[place - 1], row)) place -= 1;
      this.rows.splice(place, 0, row);
      const next = this.rows[place + 1];
      const before = next ? next.element : this.typing;
      if (row.element.parentNode !== this.log || row.element.nextSibling !== before) this.log.insertBefore(row.element, before);
    }

    isAfter(one, other) {
      return one.at === other.at ? one.message.id > other.message.id : one.at > other.at;
    }

    /* Day lines, tighter rows of one side, and which choices still count: those of the last question nobody has answered. */
    settle() {
      let day = '';
      let last = null;
      this.rows.forEach(function (row, index) {
        const today = dayOf(row.message.id ? new Date(row.at) : new Date());
        const line = row.element.querySelector('.day');
        if (line) line.remove();
        if (today !== day) row.element.insertBefore(make('div', 'day', today), row.element.firstChild);
        day = today;
        row.element.classList.toggle('joined', index > 0 && this.rows[index - 1].message.side === row.message.side);
        if (row.message.side === 'me') last = null;
        else if (row.choices) last = row;
      }, this);
      this.rows.forEach(function (row) {
        if (!row.choices) return;
        row.choices.classList.toggle('past', row !== last);
        Array.from(row.choices.children).forEach(function (button) { button.disabled = row !== last; });
      });
    }
  };
})();
