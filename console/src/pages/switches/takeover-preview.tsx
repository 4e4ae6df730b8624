import { Text } from '@mantine/core';
import { useStore } from '../../live/use-live.js';
import { nameOf } from '../../machines/life-cycle.js';
import type { Takeover } from './ports.js';

/** What will change: which machine and VRF go to which port. */
export function TakeoverPreview({ takeover: { moves, missing } }: { readonly takeover: Takeover }) {
  const store = useStore();
  return (
    <>
      {missing.length > 0 && (
        <Text size="sm" className="bad">
          ✕ The new switch has no ports for {missing.join(', ')}; the server will refuse.
        </Text>
      )}
      <div
        className="table-scroller"
        style={{ maxHeight: 260 }}
        tabIndex={0}
        role="region"
        aria-label="What will change"
      >
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Machine</th>
              <th scope="col">Port now</th>
              <th scope="col">New port</th>
              <th scope="col">VRF</th>
            </tr>
          </thead>
          <tbody>
            {moves.map(({ machine, from, to, vrf }) => {
              const known = store.get('machine', machine);
              return (
                <tr key={from}>
                  <td>{known ? nameOf(known) : machine}</td>
                  <td>{from}</td>
                  <td>{to ?? <span className="bad">✕ none</span>}</td>
                  <td>{vrf || '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {moves.length === 0 && (
          <Text size="sm" c="dimmed" p="sm">
            No machine is connected.
          </Text>
        )}
      </div>
    </>
  );
}
