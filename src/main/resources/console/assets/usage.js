// Draws the table of usage, day by day. The table is what counts; this is a look at it.
(() => {
  const MOST = 6;
  const draw = () => {
    const box = document.getElementById('chart');
    const rows = [...document.querySelectorAll('#usage tbody tr')].filter((row) => row.dataset.day);
    if (!box || !rows.length || typeof uPlot === 'undefined') return;
    box.hidden = false;
    const place = box.querySelector('.drawing');
    const measure = document.getElementById('measure');
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const days = [];
    const first = Date.parse(rows.map((row) => row.dataset.day).sort()[0]);
    const last = Date.parse(rows.map((row) => row.dataset.day).sort().at(-1));
    for (let day = first; day <= last; day += 86400000) days.push(day);
    let plot = null;
    const show = () => {
      const name = measure.value;
      const sums = new Map();
      rows.forEach((row) => sums.set(row.dataset.series, (sums.get(row.dataset.series) ?? 0) + Number(row.dataset[name])));
      const largest = [...sums.entries()].sort((one, other) => other[1] - one[1]).map(([series]) => series);
      const named = largest.slice(0, MOST);
      const all = largest.length > MOST ? [...named, 'all others'] : named;
      const values = new Map(all.map((series) => [series, days.map(() => 0)]));
      rows.forEach((row) => {
        const series = named.includes(row.dataset.series) ? row.dataset.series : 'all others';
        values.get(series)[days.indexOf(Date.parse(row.dataset.day))] += Number(row.dataset[name]) / (name === 'cost' ? 1e6 : 1);
      });
      const look = getComputedStyle(document.documentElement);
      const ink = look.getPropertyValue('--soft').trim();
      const line = look.getPropertyValue('--line').trim();
      const colours = dark.matches ? ['#ffb757', '#8fbaff', '#7fd6a0', '#ff9d92', '#c9a8ff', '#f3c469', '#a3acb9'] : ['#a84f00', '#1f55a5', '#1c6b3a', '#a3261c', '#6a3bb0', '#7d5200', '#565e6b'];
      const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
      if (plot) plot.destroy();
      plot = new uPlot({
        width: Math.max(200, place.clientWidth), height: 280, tzDate: (at) => uPlot.tzDate(new Date(at * 1000), 'UTC'),
        scales: { y: { range: (self, least, most) => [0, most > 0 ? most * 1.08 : 1] } },
        axes: [axis, { ...axis, size: 70, values: (self, ticks) => ticks.map((tick) => (name === 'cost' ? '$' + tick : String(tick))) }],
        series: [{ value: '{YYYY}-{MM}-{DD}' }, ...all.map((series, at) => ({ label: series, stroke: colours[at], width: 2, points: { show: days.length < 40, size: 6, fill: colours[at] } }))],
      }, [days.map((day) => day / 1000), ...all.map((series) => values.get(series))], place);
    };
    measure.addEventListener('change', show);
    dark.addEventListener('change', show);
    addEventListener('resize', () => plot && plot.setSize({ width: Math.max(200, place.clientWidth), height: 280 }));
    show();
  };
  document.addEventListener('DOMContentLoaded', draw);
})();
