import { Alert, Loader, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { call } from '../../api/client.js';
import type { Explanation } from '../../api/types.js';
import { NetworkName } from '../../components/names.js';
import { reasonOf } from '../../components/notices.js';
import { Panel } from '../../components/panel.js';
import { useLiveQuery } from '../../live/use-live-query.js';
import { missingOf, requestOf } from './request.js';
import type { Form } from './request.js';

/** Milliseconds without a key press after which the server is asked. */
const DEBOUNCE = 300;

/** What an allocation with this form would do, and why; updated while the form and the fleet change. */
export function ExplanationPanel({ form }: { readonly form: Form }) {
  const [settled] = useDebouncedValue(form, DEBOUNCE);
  const missing = missingOf(settled);
  const { data, error, isFetching } = useLiveQuery({
    queryKey: ['explain', settled.role, requestOf(settled)],
    queryFn: ({ signal }) =>
      call<Explanation>('post', 'allocation/explain', {
        query: { role: settled.role },
        body: requestOf(settled),
        signal,
      }),
    kinds: ['machine', 'network', 'ip'],
    atMostEvery: 1500,
    enabled: missing.length === 0,
  });
  return (
    <Panel
      title="What would happen"
      aside={isFetching && <Loader size="xs" role="img" aria-label="asking the server" />}
    >
      <div role="status" aria-live="polite">
        {missing.length > 0 ? (
          <Text size="sm" c="dimmed">
            Choose {listOf(missing)}.
          </Text>
        ) : error ? (
          <Alert color="red" title="The request is not valid">
            {reasonOf(error)}
          </Alert>
        ) : (
          data && <Verdict explanation={data} />
        )}
      </div>
      {missing.length === 0 && !error && data && <Details explanation={data} />}
    </Panel>
  );
}

function Verdict({ explanation: { verdict, refusal, chosen } }: { readonly explanation: Explanation }) {
  if (verdict === 'refused') {
    return (
      <Alert color="red" title="Refused">
        {refusal}
      </Alert>
    );
  }
  const count = chosen?.oneof ?? 0;
  return (
    <Alert color="green" title="Allocatable">
      {count === 1 ? 'One machine is chosen' : `One of ${count} equally good machines is chosen at random`}
      {chosen && (
        <ul className="chosen">
          {chosen.machines.slice(0, 5).map((id) => (
            <li key={id}>
              <Link to="/machines/$id" params={{ id }} className="mono">
                {id}
              </Link>
            </li>
          ))}
          {count > 5 && <li>and {count - 5} more</li>}
        </ul>
      )}
    </Alert>
  );
}

function Details({
  explanation: { filters = [], nearestmisses = [], racks = [], addresses = [] },
}: {
  readonly explanation: Explanation;
}) {
  const most = Math.max(1, filters[0]?.left ?? 0);
  return (
    <>
      {filters.length > 0 && (
        <>
          <h3 className="subtitle">Machines left after each filter</h3>
          <ol className="filters">
            {filters.map(({ filter, left, examples }) => (
              <li key={filter} title={examples.map(({ machine, reason }) => `${machine}: ${reason}`).join('\n')}>
                <span>{filter}</span>
                <i style={{ width: `${(100 * left) / most}%` }} aria-hidden />
                <strong>{left}</strong>
              </li>
            ))}
          </ol>
        </>
      )}
      {nearestmisses.length > 0 && (
        <>
          <h3 className="subtitle">Nearest misses</h3>
          <ul className="misses">
            {nearestmisses.slice(0, 5).map(({ machine, filter, reason }) => (
              <li key={machine}>
                <Link to="/machines/$id" params={{ id: machine }} className="mono">
                  {machine}
                </Link>{' '}
                {filter}: {reason}
              </li>
            ))}
          </ul>
        </>
      )}
      {racks.length > 0 && (
        <>
          <h3 className="subtitle">Racks</h3>
          <ul className="misses">
            {racks.slice(0, 8).map(({ rack, available, ofproject, wins }) => (
              <li key={rack}>
                {wins ? '✓ ' : ''}
                <strong>{rack || 'no rack'}</strong>: {available} available, {ofproject} of the project
              </li>
            ))}
          </ul>
        </>
      )}
      {addresses.length > 0 && (
        <>
          <h3 className="subtitle">Addresses left</h3>
          <ul className="misses">
            {addresses.map(({ network, family, left }) => (
              <li key={`${network} ${family}`}>
                <NetworkName id={network} />, {family}: {left}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
