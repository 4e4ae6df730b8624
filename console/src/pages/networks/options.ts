import type { Option } from '../../components/form-dialog.js';
import { useAll } from '../../live/use-live.js';

const optionOf = (id: string, name: string | undefined): Option => ({
  value: id,
  label: name && name !== id ? `${name} (${id})` : id,
});

export const useProjectOptions = (): readonly Option[] =>
  useAll('project')
    .map(({ meta, name }) => optionOf(meta?.id ?? '', name))
    .sort((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true }));

export const usePartitionOptions = (): readonly Option[] =>
  useAll('partition')
    .map(({ id, name }) => optionOf(id, name))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
