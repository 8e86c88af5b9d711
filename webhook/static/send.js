/* What leaves the page: requests, and a queue that loses nothing while there is no connection.
   Each message keeps its id for all attempts; the server takes an id once. Written for old browsers (ES2017, no build). */
(function () {
  'use strict';
  const Payung = window.Payung = window.Payung || {};
  const PATIENCE_MS = 20000;
  const UPLOAD_PATIENCE_MS = 300000;
  const WAITS_S = [1, 2, 4, 8, 15, 30];
  const BUSY_TRIES = 6;
  Payung.FILE_MAX = 15 * 1024 * 1024;

  /* The answer of a request as {status, value, session, wait}; status 0 = no connection, -1 = given up by the page. */
  Payung.call = function (method, url, options) {
    const wanted = options || {};
    return new Promise(function (resolve) {
      const request = new XMLHttpRequest();
      request.open(method, url);
      request.timeout = wanted.patience || PATIENCE_MS;
      Object.keys(wanted.headers || {}).forEach(function (name) { request.setRequestHeader(name, wanted.headers[name]); });
      if (wanted.progress) request.upload.onprogress = wanted.progress;
      if (wanted.started) wanted.started(request);
      let aborted = false;
      request.onabort = function () { aborted = true; };
      request.onloadend = function () {
        let value = null;
        try { value = JSON.parse(request.responseText); } catch (error) { /* a proxy's page, or nothing */ }
        resolve({
          status: aborted ? -1 : request.status,
          value: value,
          session: request.status ? request.getResponseHeader('X-Chat-Session') || '' : '',
          wait: request.status ? Number(request.getResponseHeader('Retry-After')) || 0 : 0
        });
      };
      request.send(wanted.body === undefined ? null : wanted.body);
    });
  };

  Payung.post = function (url, value) {
    return Payung.call('POST', url, { body: JSON.stringify(value), headers: { 'Content-Type': 'application/json' } });
  };

  Payung.pause = function (seconds) {
    return new Promise(function (resolve) {
      const timer = setTimeout(resolve, seconds * 1000);
      window.addEventListener('online', function () { clearTimeout(timer); resolve(); }, { once: true });
    });
  };

  Payung.newId = function () {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (byte) { return ('0' + byte.toString(16)).slice(-2); }).join('');
  };

  /* Storage that may be switched off: then nothing outlives the page, and all else works. */
  Payung.memory = {
    get: function (name) { try { return localStorage.getItem('payung.' + name); } catch (error) { return null; } },
    set: function (name, text) { try { localStorage.setItem('payung.' + name, text); } catch (error) { /* switched off */ } },
    drop: function (name) { try { localStorage.removeItem('payung.' + name); } catch (error) { /* switched off */ } }
  };

  /* Messages on their way, in the order they were said.
     hooks: state(item, name, text) where name is sending | waiting | sent | failed; progress(item, part); lost() = no session. */
  Payung.Queue = class {
    constructor(base, name, hooks) {
      this.base = base;
      this.name = 'queue.' + name;
      this.hooks = hooks;
      this.items = [];
      this.session = '';
      this.running = false;
      this.held = true;
    }

    /* What was left when the page was closed, if it was said in this very session. */
    restore(session) {
      this.session = session;
      let kept = {};
      try { kept = JSON.parse(Payung.memory.get(this.name)) || {}; } catch (error) { /* not ours */ }
      if (kept.session !== session) { Payung.memory.drop(this.name); return []; }
      const known = this.items.map(function (item) { return item.id; });
      const left = kept.items.filter(function (item) { return known.indexOf(item.id) < 0; });
      this.items = left.concat(this.items);
      return left;
    }

    clear() {
      this.items = [];
      Payung.memory.drop(this.name);
    }

    add(item) {
      item.tries = 0;
      this.items.push(item);
      this.keep();
      this.run();
    }

    /* Photos are not kept: a KTP has no place in a browser's storage. */
    keep() {
      const items = this.items.filter(function (item) { return !item.file && !item.failed; });
      if (!items.length) Payung.memory.drop(this.name);
      else Payung.memory.set(this.name, JSON.stringify({ session: this.session, items: items }));
    }

    again(item) {
      item.failed = false;
      item.tries = 0;
      this.items.push(item);
      this.keep();
      this.run();
    }

    async run() {
      if (this.running || this.held) return;
      this.running = true;
      while (this.items.length && !this.held) {
        const item = this.items[0];
        this.hooks.state(item, 'sending');
        const result = await this.deliver(item);
        if (this.items[0] !== item) continue;
        const wait = this.settle(item, result);
        if (wait) await Payung.pause(wait);
      }
      this.running = false;
    }

    /* What a result means for the first message; seconds to wait before the next attempt, 0 = go on. */
    settle(item, result) {
      const text = result.value && result.value.text || '';
      if (result.status === 202) { this.finish(item, 'sent', ''); return 0; }
      item.tries += 1;
      const passing = result.status <= 0 || result.status === 408 || result.status === 429 || result.status >= 500;
      const wait = result.wait || WAITS_S[Math.min(item.tries, WAITS_S.length) - 1];
      if (result.status === 401) { this.hooks.lost(); return wait; }
      if (passing && (result.status <= 0 || result.status === 429 || item.tries < BUSY_TRIES)) {
        this.hooks.state(item, 'waiting', text, result.status === 0);
        return wait;
      }
      item.failed = true;
      this.finish(item, 'failed', text);
      return 0;
    }

    finish(item, name, text) {
      this.items.shift();
      this.keep();
      this.hooks.state(item, name, text);
    }

    deliver(item) {
      if (!item.file) {
        const said = { id: item.id, hidden: item.hidden === true };
        if (item.choice) { said.choice = item.choice; said.label = item.label; } else { said.text = item.text; }
        return Payung.post(this.base + '/messages', said);
      }
      const hooks = this.hooks;
      return Payung.call('POST', this.base + '/photo', {
        body: item.file,
        patience: UPLOAD_PATIENCE_MS,
        headers: {
          'Content-Type': item.file.type || 'application/octet-stream',
          'X-Message-Id': item.id,
          'X-Filename': encodeURIComponent(item.filename || '').slice(-300)
        },
        progress: function (event) { if (event.lengthComputable) hooks.progress(item, event.loaded / event.total); }
      });
    }
  };

  /* A photo of at most 2,000 pixels a side, upright, as JPEG; the original whenever this browser cannot be trusted with it. */
  const SIDE_MAX = 2000;
  Payung.shrink = function (file) {
    const upright = window.CSS && CSS.supports && CSS.supports('image-orientation', 'from-image');
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !upright) return Promise.resolve(file);
    return new Promise(function (resolve) {
      const picture = new Image();
      const address = URL.createObjectURL(file);
      const done = function (result) { URL.revokeObjectURL(address); resolve(result || file); };
      picture.onerror = function () { done(file); };
      picture.onload = function () {
        const scale = SIDE_MAX / Math.max(picture.naturalWidth, picture.naturalHeight);
        if (!(scale < 1)) { done(file); return; }
        const canvas = document.createElement('canvas');
        canvas.width = Math.round(picture.naturalWidth * scale);
        canvas.height = Math.round(picture.naturalHeight * scale);
        try {
          const brush = canvas.getContext('2d');
          brush.imageSmoothingQuality = 'high';
          brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
          canvas.toBlob(function (blob) { done(blob && blob.size < file.size ? blob : file); }, 'image/jpeg', 0.85);
        } catch (error) { done(file); }
      };
      picture.src = address;
    });
  };
})();
