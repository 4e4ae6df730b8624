import type { LifeCycleState } from './life-cycle.js';
import './state.css';

/** The symbol and colour of a state, as on the tiles; a label stands next to it. */
export const StateMark = ({ state }: { readonly state: LifeCycleState }) => (
  <span className={`state-mark state-${state.id}`} aria-hidden>
    {state.symbol}
  </span>
);

export const StateBadge = ({ state }: { readonly state: LifeCycleState }) => (
  <span className="state-badge" title={state.meaning}>
    <StateMark state={state} />
    {state.label}
  </span>
);
