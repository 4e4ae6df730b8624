import type uPlot from 'uplot';

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const COUNT = new Intl.NumberFormat('en', { notation: 'compact' });

/** Axes for counts over time. */
export function axesOf(isDark: boolean): uPlot.Axis[] {
  const [text, line] = isDark ? ['#a3abb3', '#343a40'] : ['#5c636a', '#e9ecef'];
  const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: '11px system-ui' };
  return [
    { ...axis, size: 26, space: 60, values: (_plot, splits) => splits.map((at) => TIME.format(at * 1000)) },
    {
      ...axis,
      size: 36,
      incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000],
      values: (_plot, splits) => splits.map((count) => COUNT.format(count)),
    },
  ];
}
