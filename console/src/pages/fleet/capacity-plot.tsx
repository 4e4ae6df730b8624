import { Text, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { durationText } from '../../components/time.js';
import { useCapacityHistory } from '../../live/use-live.js';
import { axesOf } from './plot-axes.js';

const HEIGHT = 134;

/** Machines of all partitions that were allocated, free, or not available, since the tab was opened. */
export default function CapacityPlot() {
  const history = useCapacityHistory();
  const samples = useSyncExternalStore(
    (listener) => history.subscribe(listener),
    () => history.samples,
  );
  const { ref, width } = useElementSize();
  const target = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    if (width === 0 || !target.current) return;
    plot.current = new uPlot(optionsOf(width, scheme === 'dark'), [[], [], [], []], target.current);
    return () => plot.current?.destroy();
  }, [width, scheme]);
  useEffect(
    () =>
      plot.current?.setData([
        samples.map(({ time }) => time / 1000),
        samples.map(({ allocated }) => allocated),
        samples.map(({ free }) => free),
        samples.map(({ other }) => other),
      ]),
    [samples, width, scheme],
  );
  const [first, last] = [samples[0], samples.at(-1)];
  const text =
    first && last
      ? `— ${last.allocated} allocated, – – ${last.free} free, ·· ${last.other} not available; the last ${durationText(last.time - first.time)}`
      : 'The first figures are not complete yet.';
  return (
    <>
      <div ref={ref}>
        <div ref={target} role="img" aria-label={`Capacity over time: ${text}`} style={{ height: HEIGHT }} />
      </div>
      <Text size="xs" c="dimmed">
        {text}
      </Text>
    </>
  );
}

function optionsOf(width: number, isDark: boolean): uPlot.Options {
  const [allocated, free, other] = isDark ? ['#37b24d', '#4dabf7', '#adb5bd'] : ['#1b7f3b', '#1c6fb5', '#868e96'];
  const line = { width: 2, points: { show: false } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 18, 0, 0],
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, Math.ceil(max * 1.1))] } },
    series: [
      {},
      { ...line, stroke: allocated },
      { ...line, stroke: free, dash: [8, 4] },
      { ...line, stroke: other, dash: [2, 4] },
    ],
    axes: axesOf(isDark),
  };
}
