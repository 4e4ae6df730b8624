import { Text, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { Panel } from '../../components/panel.js';
import { useNow } from '../../components/time.js';
import { useStore } from '../../live/use-live.js';
import { eventsPerMinute } from '../../machines/event-rate.js';
import { axesOf } from './plot-axes.js';

const MINUTES = 60;
const HEIGHT = 150;

/** Provisioning events per minute of the last hour. */
export default function EventPlot() {
  const store = useStore();
  const now = useNow();
  const data = useMemo(() => eventsPerMinute(store.all('machine').values(), now, MINUTES), [store, now]);
  const { ref, width } = useElementSize();
  const target = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    if (width === 0 || !target.current) return;
    plot.current = new uPlot(optionsOf(width, scheme === 'dark'), [[], []], target.current);
    return () => plot.current?.destroy();
  }, [width, scheme]);
  // Without null, minutes without events would be drawn as a line.
  useEffect(() => plot.current?.setData([data[0], data[1].map((count) => count || null)]), [data, width, scheme]);
  const [, counts] = data;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return (
    <Panel title="Events per minute">
      <div ref={ref}>
        <div
          ref={target}
          role="img"
          aria-label={`${total} provisioning events in the last hour`}
          style={{ height: HEIGHT }}
        />
      </div>
      <Text size="xs" c="dimmed">
        {total} provisioning events in the last hour, {counts.at(-1)} in this minute
      </Text>
    </Panel>
  );
}

function optionsOf(width: number, isDark: boolean): uPlot.Options {
  const fill = isDark ? '#4dabf7' : '#1c6fb5';
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 18, 0, 0],
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, Math.ceil(max * 1.1))] } },
    series: [
      {},
      { fill, stroke: fill, paths: uPlot.paths.bars!({ size: [0.7, 20], align: -1 }), points: { show: false } },
    ],
    axes: axesOf(isDark),
  };
}
