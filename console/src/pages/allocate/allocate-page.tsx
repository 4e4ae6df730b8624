import { Button, Group, SegmentedControl, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useMay } from '../../api/role.js';
import { useAll } from '../../live/use-live.js';
import { useNotices } from '../../components/notices.js';
import { AllocateFields } from './allocate-fields.js';
import { ExplanationPanel } from './explanation-panel.js';
import { RequestLines } from './request-lines.js';
import { EMPTY_FORM, missingOf, requestOf } from './request.js';
import type { Form } from './request.js';
import './allocate.css';

interface Named {
  readonly id: string;
}

/** The form with the partition and the size where there is no other one to choose. */
function withOnly(form: Form, partitions: readonly Named[], sizes: readonly Named[]): Form {
  if (form.uuid !== '') return form;
  const only = (all: readonly Named[]): string => (all.length === 1 ? all[0]!.id : '');
  return { ...form, partition: form.partition || only(partitions), size: form.size || only(sizes) };
}

/** Allocates a machine or a firewall, and explains beforehand what the request would do. */
export function AllocatePage() {
  const { partition = '', size = '', project = '' } = useSearch({ from: '/allocate' });
  const [entered, setForm] = useState<Form>({ ...EMPTY_FORM, partition, size, project });
  const form = withOnly(entered, useAll('partition'), useAll('size'));
  const mayAllocate = useMay('editor');
  const notices = useNotices();
  const navigate = useNavigate();
  const allocation = useMutation({
    mutationFn: () =>
      form.role === 'firewall'
        ? api('post', '/v1/firewall/allocate', { body: requestOf(form) })
        : api('post', '/v1/machine/allocate', { body: requestOf(form) }),
    onSuccess: ({ id }) => {
      notices.done(`Allocated ${id}`);
      void navigate({ to: '/machines/$id', params: { id } });
    },
    onError: (error) => notices.failed('Allocate', error),
  });
  const change = (part: Partial<Form>): void => setForm((old) => ({ ...old, ...part }));
  if (!mayAllocate) {
    return (
      <>
        <Title order={1} size="h3" mb="sm">
          Allocate
        </Title>
        <Text mb="sm">Allocations need the role editor.</Text>
        <Link to="/">Back to the fleet</Link>
      </>
    );
  }
  return (
    <>
      <Group mb="sm">
        <Title order={1} size="h3">
          Allocate
        </Title>
        <SegmentedControl
          size="xs"
          aria-label="Role of the machine"
          value={form.role}
          onChange={(role) => change({ role: role, image: '', networks: [] })}
          data={[
            { value: 'machine', label: 'Machine' },
            { value: 'firewall', label: 'Firewall' },
          ]}
        />
      </Group>
      <div className="allocate-grid">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (missingOf(form).length === 0 && !allocation.isPending) allocation.mutate();
          }}
        >
          <AllocateFields form={form} onChange={change} />
          <Button type="submit" mt="md" loading={allocation.isPending} disabled={missingOf(form).length > 0}>
            Allocate the {form.role}
          </Button>
        </form>
        <div className="allocate-side">
          <ExplanationPanel form={form} />
          <RequestLines form={form} />
        </div>
      </div>
    </>
  );
}
