import { ProjectName } from '../../components/names.js';
import { useEntity } from '../../live/use-live.js';
import type { Issues } from '../../machines/issues.js';
import { nameOf, stateOf } from '../../machines/life-cycle.js';
import { StateBadge } from '../../machines/state-mark.js';

export interface Pointed {
  readonly id: string;
  readonly rect: DOMRect;
}

const WIDTH = 320;

/** Explains the tile under the pointer or with the focus. Its link has the same name, so readers need not hear it again. */
export function TileDetail({ pointed: { id, rect }, issues }: { readonly pointed: Pointed; readonly issues: Issues }) {
  const machine = useEntity('machine', id);
  if (!machine) return null;
  const { allocation, events, size } = machine;
  const left = Math.max(8, Math.min(rect.left, innerWidth - WIDTH - 8));
  const below = rect.bottom + 200 < innerHeight;
  const vertical = below ? { top: rect.bottom + 6 } : { bottom: innerHeight - rect.top + 6 };
  return (
    <div className="tile-detail" style={{ left, width: WIDTH, ...vertical }} aria-hidden>
      <strong>{nameOf(machine)}</strong>
      <StateBadge state={stateOf(machine)} />
      <dl>
        <dt>ID</dt>
        <dd className="mono">{id}</dd>
        <dt>Size</dt>
        <dd>{size?.id ?? 'unknown'}</dd>
        {allocation && <dt>Project</dt>}
        {allocation && (
          <dd>
            <ProjectName id={allocation.project} />
          </dd>
        )}
        <dt>Event</dt>
        <dd>{events.log[0]?.event ?? 'none'}</dd>
        {issues.byMachine.has(id) && <dt>Issues</dt>}
        {issues.byMachine.has(id) && <dd>{issues.byMachine.get(id)?.join(', ')}</dd>}
      </dl>
    </div>
  );
}
