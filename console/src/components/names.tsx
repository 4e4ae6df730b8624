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

/** The name of a network; the ID if it has none. */
export function NetworkName({ id }: { readonly id: string }) {
  const network = useEntity('network', id);
  return <span title={id}>{network?.name || id}</span>;
}

/** A name with the ID behind it where they differ. */
export const nameAndId = (name: string | undefined, id: string): string =>
  name && name !== id ? `${name} (${id})` : id;

/** Returns the name of a project by its ID, for sorting and texts. Another function after each change of projects. */
export function useProjectNames(): (id: string) => string {
  const store = useStore();
  const version = useVersion('project');
  return useMemo(() => {
    void version;
    return (id) => store.get('project', id)?.name || id;
  }, [store, version]);
}
