import { Kbd, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';

/** Milliseconds without a key press after which the search runs. */
const DEBOUNCE = 150;

/** Searches machines; the fleet page shows what was found. `/` focuses it. */
export function SearchBox() {
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const { q = '' } = useSearch({ strict: false });
  const [text, setText] = useState(q);
  const [seen, setSeen] = useState(q);
  if (q !== seen) {
    setSeen(q);
    setText(q);
  }
  useHotkeys([['/', () => input.current?.focus()]]);
  useEffect(() => {
    if (text === q) return;
    const timer = setTimeout(
      () => void navigate({ to: '/', search: (old) => ({ ...old, q: text || undefined }), replace: q !== '' }),
      DEBOUNCE,
    );
    return () => clearTimeout(timer);
  }, [text, q, navigate]);
  return (
    <TextInput
      ref={input}
      className="search"
      size="sm"
      type="search"
      aria-label="Search machines by ID, name, host, IP, MAC, serial, project or tag"
      placeholder="ID, name, host, IP, MAC, serial, project, tag"
      value={text}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onKeyDown={({ key }) => key === 'Escape' && setText('')}
      rightSection={<Kbd size="xs">/</Kbd>}
      rightSectionWidth={36}
    />
  );
}
