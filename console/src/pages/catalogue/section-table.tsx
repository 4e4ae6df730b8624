import { Button, Group, Text, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useMay } from '../../api/role.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { FormDialog } from '../../components/form-dialog.js';
import { RowActions, RowActionsContext } from '../../components/row-actions.js';
import { useRun } from '../../components/use-run.js';
import type { Section } from './section.js';

interface Props<T extends object> {
  readonly section: Section<T>;
  readonly rows: readonly T[];
  /** Called after a change, for rows that are not live. */
  readonly onChanged?: () => void;
}

/** The objects of one kind, with what the role allows to do with them. */
export function SectionTable<T extends object>({ section, rows, onChanged }: Props<T>) {
  const { noun, idOf, label } = section;
  const may = useMay(section.role);
  const [text, setText] = useState('');
  const [form, setForm] = useState<{ readonly id?: string }>();
  const [doomed, setDoomed] = useState<string>();
  const { run, isBusy } = useRun();
  const shown = useMemo(() => rows.filter(matcher(text)), [rows, text]);
  const columns = useMemo(() => (may ? [...section.columns, actionColumn(section)] : section.columns), [section, may]);
  const actions = useMemo(
    () => [
      { label: 'Edit', run: (id: string) => setForm({ id }) },
      { label: 'Delete', isDangerous: true, run: setDoomed },
    ],
    [],
  );
  const row = form?.id === undefined ? undefined : rows.find((one) => idOf(one) === form.id);
  const remove = async (): Promise<void> => {
    if (!(await run(`Delete the ${noun}`, () => section.remove(doomed ?? '')))) return;
    setDoomed(undefined);
    onChanged?.();
  };
  return (
    <>
      <Group justify="space-between" my="xs" gap="xs">
        <Group gap="xs">
          <TextInput
            size="xs"
            w={240}
            aria-label={`Filter ${label.toLowerCase()}`}
            placeholder="Filter"
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <Text size="sm" c="dimmed" role="status">
            {shown.length} of {rows.length}
          </Text>
        </Group>
        {may && (
          <Button size="xs" onClick={() => setForm({})}>
            New {noun}…
          </Button>
        )}
      </Group>
      <RowActionsContext value={actions}>
        <DataTable
          label={label}
          columns={columns}
          rows={shown}
          idOf={idOf}
          empty={rows.length === 0 ? `There are no ${label.toLowerCase()}.` : `Nothing matches.`}
          height="calc(100vh - 240px)"
        />
      </RowActionsContext>
      {form && (form.id === undefined || row) && (
        <FormDialog
          title={row ? `Edit the ${noun} ${(section.nameOf ?? idOf)(row)}` : `New ${noun}`}
          verb={row ? 'Save' : 'Create'}
          done={row ? `The ${noun} was changed.` : `The ${noun} was created.`}
          fields={section.fields(row)}
          initial={section.read(row)}
          onClose={() => setForm(undefined)}
          onSubmit={async (values) => {
            await (row ? section.update(values, row) : section.create(values));
            onChanged?.();
          }}
        />
      )}
      {doomed !== undefined && (
        <ConfirmDialog
          title={`Delete the ${noun}?`}
          verb="Delete"
          isDangerous
          isBusy={isBusy}
          onClose={() => setDoomed(undefined)}
          onConfirm={() => void remove()}
        >
          <Text size="sm">
            The {noun} <strong>{doomed}</strong> is deleted. The server refuses while something uses it.
          </Text>
        </ConfirmDialog>
      )}
    </>
  );
}

const actionColumn = <T extends object>({ idOf, nameOf = idOf }: Section<T>) =>
  columnsOf<T>().display({
    id: 'actions',
    header: () => <span className="sr-only">Actions</span>,
    cell: ({ row: { original } }) => <RowActions id={idOf(original)} name={nameOf(original)} />,
  });

const texts = new WeakMap<object, string>();

/** Whether each word is in some value of the object. */
function matcher(query: string): (row: object) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return (row) => {
    if (words.length === 0) return true;
    const text = texts.get(row) ?? JSON.stringify(row).toLowerCase();
    texts.set(row, text);
    return words.every((word) => text.includes(word));
  };
}
