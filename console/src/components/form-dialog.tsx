import {
  Alert,
  Button,
  Group,
  Modal,
  MultiSelect,
  Select,
  Stack,
  Switch,
  TagsInput,
  TextInput,
  Textarea,
} from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Values } from './form-values.js';
import { reasonOf, useNotices } from './notices.js';

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** A field of a form. */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** One line of text unless given. */
  readonly kind?: 'area' | 'code' | 'date' | 'select' | 'multi' | 'tags' | 'switch';
  readonly hint?: string;
  readonly isRequired?: boolean;
  /** It is shown, but cannot change. */
  readonly isFixed?: boolean;
  readonly options?: readonly (string | Option)[];
}

interface Props {
  readonly title: string;
  /** What the button says: a verb. */
  readonly verb: string;
  readonly fields: readonly Field[];
  readonly initial: Values;
  readonly isDangerous?: boolean;
  /** What the notice says when it is done. */
  readonly done: string;
  readonly onClose: () => void;
  /** The dialog closes if it resolves, and shows the reason if it throws. */
  readonly onSubmit: (values: Values) => Promise<unknown>;
  readonly children?: ReactNode | ((values: Values) => ReactNode);
}

/** A form in a dialog. It stays open, with the reason, when the server refuses what was entered. */
export function FormDialog({ title, verb, fields, initial, isDangerous, done, onClose, onSubmit, children }: Props) {
  const [values, setValues] = useState(initial);
  const [reason, setReason] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const notices = useNotices();
  const isComplete = fields.every(({ name, isRequired }) => !isRequired || !isEmpty(values[name]));
  const submit = async (): Promise<void> => {
    setBusy(true);
    setReason(undefined);
    try {
      await onSubmit(values);
      notices.done(done);
      onClose();
    } catch (error) {
      setReason(reasonOf(error));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete && !isBusy) void submit();
        }}
      >
        <Stack gap="sm">
          {fields.map((field, index) => (
            <FieldInput
              key={field.name}
              field={field}
              isFirst={index === fields.findIndex(({ isFixed }) => !isFixed)}
              value={values[field.name] ?? ''}
              onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
            />
          ))}
          {typeof children === 'function' ? children(values) : children}
          {reason !== undefined && (
            <Alert color="red" role="alert" title="Refused">
              {reason}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color={isDangerous ? 'red' : undefined} loading={isBusy} disabled={!isComplete}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const isEmpty = (value: Values[string] | undefined): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

interface InputProps {
  readonly field: Field;
  readonly isFirst: boolean;
  readonly value: Values[string];
  readonly onChange: (value: Values[string]) => void;
}

function FieldInput({ field, isFirst, value, onChange }: InputProps) {
  const { label, kind, hint, isRequired, isFixed, options = [] } = field;
  const common = {
    label,
    description: hint,
    required: isRequired,
    disabled: isFixed,
    'data-autofocus': isFirst ? true : undefined,
  };
  const data = options.map((option) => (typeof option === 'string' ? { value: option, label: option } : option));
  if (kind === 'switch') {
    return (
      <Switch
        label={label}
        description={hint}
        disabled={isFixed}
        checked={value === true}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    );
  }
  if (kind === 'select') {
    return (
      <Select
        {...common}
        openOnFocus={false}
        searchable
        clearable={!isRequired}
        allowDeselect={!isRequired}
        data={data}
        value={value === '' ? null : String(value)}
        onChange={(chosen) => onChange(chosen ?? '')}
      />
    );
  }
  const list = Array.isArray(value) ? [...(value as readonly string[])] : [];
  if (kind === 'multi')
    return <MultiSelect {...common} openOnFocus={false} searchable data={data} value={list} onChange={onChange} />;
  if (kind === 'tags') {
    return (
      <TagsInput
        {...common}
        openOnFocus={false}
        data={data}
        value={list}
        onChange={onChange}
        acceptValueOnBlur
        clearable
      />
    );
  }
  const text = {
    ...common,
    value: typeof value === 'string' ? value : '',
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value),
    autoComplete: 'off',
  };
  if (kind === 'area' || kind === 'code') {
    return (
      <Textarea
        {...text}
        autosize
        minRows={kind === 'code' ? 4 : 2}
        maxRows={18}
        styles={kind === 'code' ? { input: { fontFamily: 'var(--mantine-font-family-monospace)' } } : undefined}
        spellCheck={kind !== 'code'}
      />
    );
  }
  return <TextInput {...text} type={kind === 'date' ? 'date' : 'text'} />;
}
