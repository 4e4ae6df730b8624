import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Machine } from '../../api/types.js';
import { Facts } from '../../components/facts.js';
import { nameAndId } from '../../components/names.js';
import { Panel } from '../../components/panel.js';
import { Ago } from '../../components/time.js';
import { useMay } from '../../api/role.js';
import { useEntity } from '../../live/use-live.js';

/** Who has the machine, and what runs on it. */
export function AllocationPanel({ machine: { allocation, tags, partition, size } }: { readonly machine: Machine }) {
  const project = useEntity('project', allocation?.project ?? '');
  const mayAllocate = useMay('editor');
  if (!allocation) {
    return (
      <Panel title="Allocation">
        <Text size="sm">The machine is free.</Text>
        {mayAllocate && (
          <Text size="sm" mt="xs">
            <Link to="/allocate" search={{ partition: partition?.id, size: size?.id }}>
              Allocate a machine of this size
            </Link>
          </Text>
        )}
      </Panel>
    );
  }
  return (
    <Panel title="Allocation">
      <Facts
        facts={[
          ['Role', allocation.role],
          ['Project', nameAndId(project?.name, allocation.project)],
          ['Tenant', project?.tenant_id],
          ['Name', allocation.name],
          ['Host name', allocation.hostname],
          ['Description', allocation.description],
          ['Image', allocation.image?.id],
          ['File system layout', allocation.filesystemlayout?.id],
          ['Allocated', <Ago key="at" time={allocation.created} />],
          ['By', allocation.creator],
          ['SSH keys', allocation.ssh_pub_keys.length],
          ['Tags', tags.length > 0 && <TagList key="tags" tags={tags} />],
        ]}
      />
    </Panel>
  );
}

const TagList = ({ tags }: { readonly tags: readonly string[] }) => (
  <ul className="tags">
    {tags.map((tag) => (
      <li key={tag} className="mono">
        {tag}
      </li>
    ))}
  </ul>
);
