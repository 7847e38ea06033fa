// The playground beyond HTML: sliders beside numbers, the same seed again, and drawing a mask over a picture.
(() => {
  const bench = () => document.getElementById('bench');
  const changed = () => bench()?.dispatchEvent(new Event('change', { bubbles: true }));

  const slide = (root) => root.querySelectorAll('input[data-slide]').forEach((input) => {
    if (input.dataset.ready || Number(input.max) - Number(input.min) > 1000) return;
    input.dataset.ready = 'yes';
    const range = document.createElement('input');
    range.type = 'range';
    range.min = input.min; range.max = input.max;
    range.step = input.step === 'any' ? (Number(input.max) - Number(input.min)) / 100 : input.step;
    range.value = input.value || input.dataset.slide || input.min;
    range.setAttribute('aria-label', `${document.querySelector(`label[for="${input.id}"]`)?.textContent.trim()}, slider`);
    range.addEventListener('input', () => { input.value = String(Math.round(Number(range.value) * 1000) / 1000); });
    input.addEventListener('input', () => { range.value = input.value || input.dataset.slide || input.min; });
    input.after(range);
  });

  // A mask is the picture's size, opaque, and transparent where somebody has drawn.
  const draw = (box) => {
    const file = box.querySelector('#image');
    if (!file || file.dataset.ready) return;
    file.dataset.ready = 'yes';
    const mask = box.querySelector('#mask');
    const size = box.querySelector('[name=_image_size]');
    const area = document.createElement('div');
    file.after(area);
    file.addEventListener('change', () => {
      area.replaceChildren();
      if (mask) mask.value = '';
      const chosen = file.files[0];
      if (!chosen) { size.value = ''; return; }
      const picture = new Image();
      picture.alt = 'The chosen picture';
      picture.onload = () => {
        size.value = `${picture.naturalWidth}x${picture.naturalHeight}`;
        changed();
        if (mask) easel(area, picture, mask);
        URL.revokeObjectURL(picture.src);
      };
      picture.onerror = () => { area.textContent = 'This file is no picture that the browser can show.'; };
      picture.src = URL.createObjectURL(chosen);
      const frame = document.createElement('div');
      frame.className = 'draw';
      frame.append(picture);
      area.append(frame);
    });
  };

  const easel = (area, picture, mask) => {
    const canvas = document.createElement('canvas');
    canvas.width = picture.naturalWidth; canvas.height = picture.naturalHeight;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', 'Draw over what is to be edited. By keyboard: choose a mask file instead.');
    area.firstChild.append(canvas);
    const tools = document.createElement('div');
    tools.className = 'row';
    const label = document.createElement('label');
    label.textContent = 'Brush ';
    const brush = document.createElement('input');
    brush.type = 'range'; brush.min = '2'; brush.max = '25'; brush.value = '9';
    label.append(brush);
    const clear = document.createElement('button');
    clear.type = 'button'; clear.className = 'small'; clear.textContent = 'Clear the mask';
    tools.append(label, clear);
    area.append(tools);
    const context = canvas.getContext('2d');
    let last = null;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
    };
    const stroke = (event) => {
      const [x, y] = at(event);
      context.strokeStyle = context.fillStyle = '#ff9a1f';
      context.lineCap = context.lineJoin = 'round';
      context.lineWidth = Number(brush.value) / 100 * Math.max(canvas.width, canvas.height);
      context.beginPath();
      context.moveTo(...(last || [x, y]));
      context.lineTo(x + 0.01, y);
      context.stroke();
      last = [x, y];
    };
    canvas.addEventListener('pointerdown', (event) => { canvas.setPointerCapture(event.pointerId); last = null; stroke(event); });
    canvas.addEventListener('pointermove', (event) => { if (canvas.hasPointerCapture(event.pointerId)) stroke(event); });
    const keep = () => {
      const whole = document.createElement('canvas');
      whole.width = canvas.width; whole.height = canvas.height;
      const paint = whole.getContext('2d');
      paint.fillRect(0, 0, whole.width, whole.height);
      paint.globalCompositeOperation = 'destination-out';
      paint.drawImage(canvas, 0, 0);
      whole.toBlob((blob) => {
        const files = new DataTransfer();
        files.items.add(new File([blob], 'mask.png', { type: 'image/png' }));
        mask.files = files.files;
        mask.dispatchEvent(new Event('change', { bubbles: true }));
      }, 'image/png');
    };
    canvas.addEventListener('pointerup', keep);
    clear.addEventListener('click', () => { context.clearRect(0, 0, canvas.width, canvas.height); mask.value = ''; });
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-seed]');
    if (!button) return;
    const seed = bench()?.querySelector('[name=seed]');
    if (!seed) return;
    seed.value = button.dataset.seed;
    bench().requestSubmit();
  });

  const ready = () => {
    if (!bench()) return;
    slide(bench());
    bench().querySelectorAll('[data-pictures]').forEach(draw);
  };
  document.addEventListener('DOMContentLoaded', ready);
  document.addEventListener('htmx:afterSettle', (event) => { ready(); if (event.target.id === 'controls') changed(); });
})();
