import { Button, Group } from '@mantine/core';
import { createContext, useContext } from 'react';

export interface RowAction {
  readonly label: string;
  readonly isDangerous?: boolean;
  readonly run: (id: string) => void;
}

/** What the rows of a table offer; columns are defined outside of components, so it comes through a context. */
export const RowActionsContext = createContext<readonly RowAction[]>([]);

interface Props {
  readonly id: string;
  /** Tells the buttons of the rows apart for screen readers. */
  readonly name: string;
  /** The label of the only action that the row offers; all if it is left out. */
  readonly only?: string;
}

/** The buttons of one row. */
export function RowActions({ id, name, only }: Props) {
  const actions = useContext(RowActionsContext).filter(({ label }) => only === undefined || label === only);
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end" className="row-actions">
      {actions.map(({ label, isDangerous, run }) => (
        <Button
          key={label}
          size="compact-xs"
          variant="default"
          className={isDangerous ? 'danger' : undefined}
          aria-label={`${label} ${name}`}
          onClick={() => run(id)}
        >
          {label}
        </Button>
      ))}
    </Group>
  );
}
