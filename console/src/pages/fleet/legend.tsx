import { useMemo } from 'react';
import type { Machine } from '../../api/types.js';
import type { Issues } from '../../machines/issues.js';
import { STATES, stateOf } from '../../machines/life-cycle.js';
import { StateMark } from '../../machines/state-mark.js';

interface Props {
  readonly machines: readonly Machine[];
  readonly issues: Issues;
  readonly active: string | undefined;
  /** Called with undefined to show all machines. */
  readonly onChange: (state: string | undefined) => void;
}

/** Explains symbols and colours, counts machines by state, and filters by a click. */
export function Legend({ machines, issues, active, onChange }: Props) {
  const counts = useMemo(() => {
    const byState = new Map<string, number>();
    for (const machine of machines) {
      const { id } = stateOf(machine);
      byState.set(id, (byState.get(id) ?? 0) + 1);
    }
    return byState;
  }, [machines]);
  const withIssues = useMemo(() => machines.filter(({ id }) => issues.byMachine.has(id)).length, [machines, issues]);
  const item = (id: string, label: string, meaning: string, count: number, mark: React.ReactNode) => (
    <button
      key={id}
      type="button"
      className="legend-item"
      aria-pressed={active === id}
      title={meaning}
      onClick={() => onChange(active === id ? undefined : id)}
    >
      {mark}
      <span>{label}</span>
      <strong>{count}</strong>
    </button>
  );
  return (
    <div className="legend" role="group" aria-label="Filter by life-cycle state">
      {STATES.map((state) => {
        const mark = <StateMark state={state} />;
        return item(state.id, state.label, state.meaning, counts.get(state.id) ?? 0, mark);
      })}
      {item(
        'issues',
        'With issues',
        'something is wrong with the machine',
        withIssues,
        <span className="issue-mark" />,
      )}
    </div>
  );
}
