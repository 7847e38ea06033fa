// What every page does beyond HTML: copying code, dialogs, and messages of parts of pages.
(() => {
  const say = (text) => { const live = document.getElementById('live'); if (live) live.textContent = text; };
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    if (!source) return;
    try {
      await navigator.clipboard.writeText(source.textContent.trimEnd());
      const before = button.textContent;
      button.textContent = 'Copied';
      say('Copied');
      setTimeout(() => { button.textContent = before; }, 1500);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      say('Selected: press Ctrl+C to copy');
    }
  });
  // A choice among examples: without script all of them are shown.
  const choose = (root) => root.querySelectorAll('[data-choices]').forEach((box) => {
    const parts = [...box.querySelectorAll('[data-choice]')];
    if (box.dataset.ready || parts.length < 2) return;
    box.dataset.ready = 'yes';
    const bar = document.createElement('div');
    bar.className = 'choices';
    const buttons = parts.map((part, index) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'small';
      button.textContent = part.dataset.choice;
      button.addEventListener('click', () => {
        parts.forEach((each, at) => { each.hidden = at !== index; buttons[at].setAttribute('aria-pressed', String(at === index)); buttons[at].classList.toggle('main', at === index); });
        try { localStorage.setItem('language', part.dataset.choice); } catch { /* not kept */ }
      });
      bar.append(button);
      return button;
    });
    box.prepend(bar);
    let kept = null;
    try { kept = localStorage.getItem('language'); } catch { /* not kept */ }
    const first = Math.max(0, parts.findIndex((part) => part.dataset.choice === kept));
    buttons[first].click();
  });
  const open = () => { const dialog = document.querySelector('#dialog dialog:not([open])'); if (dialog) dialog.showModal(); };
  document.addEventListener('DOMContentLoaded', () => {
    choose(document);
    // On a narrow screen the tab that is open may lie beyond the edge.
    document.querySelectorAll('.tabs [aria-current]').forEach((tab) => { const box = tab.closest('.tabs'); box.scrollLeft = tab.offsetLeft - box.offsetLeft - 16; });
  });
  document.addEventListener('htmx:afterSettle', (event) => { choose(event.target); open(); });
  // A dialog that is open stays: somebody may be typing into it.
  document.addEventListener('htmx:beforeSwap', (event) => {
    const { target, elt } = event.detail;
    if (target?.id === 'dialog' && !elt?.closest?.('#dialog') && target.querySelector('dialog[open]')) event.detail.shouldSwap = false;
  });
  document.addEventListener('htmx:sendError', () => {
    const notice = document.getElementById('notice');
    if (notice) { notice.textContent = 'The gateway cannot be reached. What you entered is still here; try again.'; notice.classList.add('note', 'bad'); }
  });
})();
