import { Alert, Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { Machine } from '../../api/types.js';
import { Panel } from '../../components/panel.js';
import { Ago, durationText } from '../../components/time.js';
import { STAGES, reachedStage, timelineOf } from './timeline.js';

/** Entries that are shown before the rest is asked for. */
const FEW = 12;

/** The life cycle: how far the machine is, and its events with how long each stage took. */
export function TimelinePanel({ machine: { events } }: { readonly machine: Machine }) {
  const [showsAll, setShowsAll] = useState(false);
  const entries = timelineOf(events.log);
  const reached = reachedStage(events.log);
  const error = events.last_error_event;
  return (
    <Panel title="Life cycle" className="wide">
      <ol className="stages" aria-label="Stages from power-on to the operating system">
        {STAGES.map((stage, index) => (
          <li
            key={stage}
            className={index < reached ? 'past' : index === reached ? 'current' : ''}
            aria-current={index === reached ? 'step' : undefined}
          >
            {stage}
          </li>
        ))}
      </ol>
      {events.crash_loop && (
        <Alert color="red" title="Crash loop" my="xs">
          The provisioning starts over and over again.
        </Alert>
      )}
      {events.failed_machine_reclaim && (
        <Alert color="red" title="Failed reclaim" my="xs">
          The machine phones home although it was freed.
        </Alert>
      )}
      {error && (
        <Text size="sm" my="xs">
          Last error: <strong>{error.event}</strong> {error.message} <Ago time={error.time} />
        </Text>
      )}
      <ol className="timeline" aria-label="Events, the newest first">
        {entries.slice(0, showsAll ? undefined : FEW).map((entry, index) => (
          <li
            key={`${entry.time} ${entry.event} ${entries.length - index}`}
            className={`${entry.isError ? 'error' : ''}${entry.startsCycle ? ' starts-cycle' : ''}`}
          >
            <span className="when">
              <Ago time={entry.time} />
            </span>
            <strong>
              {entry.isError && <span aria-hidden>⚠ </span>}
              {entry.event}
            </strong>
            <span>{entry.message}</span>
            <span className="lasted">{entry.lasted === undefined ? 'now' : durationText(entry.lasted)}</span>
          </li>
        ))}
      </ol>
      {entries.length === 0 && (
        <Text size="sm" c="dimmed">
          The machine has not reported any event.
        </Text>
      )}
      {!showsAll && entries.length > FEW && (
        <Button size="compact-xs" variant="default" mt="xs" onClick={() => setShowsAll(true)}>
          Show all {entries.length} events
        </Button>
      )}
    </Panel>
  );
}
