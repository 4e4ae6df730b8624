import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useEntity, useStore, useVersion } from '../live/use-live.js';
import { nameOf } from '../machines/life-cycle.js';

/** The link to a machine, with its name if it exists. */
export function MachineLink({ id }: { readonly id: string }) {
  const machine = useEntity('machine', id);
  return (
    <Link to="/machines/$id" params={{ id }} preload={false} title={id}>
      {machine ? nameOf(machine) : id}
    </Link>
  );
}

/** The name of a project; the ID if it has none. */
export function ProjectName({ id }: { readonly id: string }) {
  const project = useEntity('project', id);
  return <span title={id}>{project?.name || id}</span>;
}

/** Returns the name of a project by its ID, for sorting and texts. Another function after each change of projects. */
export function useProjectNames(): (id: string) => string {
  const store = useStore();
  const version = useVersion('project');
  return useMemo(() => {
    void version;
    return (id) => store.get('project', id)?.name || id;
  }, [store, version]);
}
