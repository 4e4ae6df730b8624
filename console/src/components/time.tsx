import { useSyncExternalStore } from 'react';

/** Milliseconds between two updates of relative times. */
const TICK = 5000;

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Rerenders every few seconds; returns milliseconds since the epoch. All users share one timer. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A time relative to now, with the exact one on hover. */
export function Ago({ time }: { readonly time: string | null | undefined }) {
  const current = useNow();
  if (!time) return null;
  const at = Date.parse(time);
  return (
    <time dateTime={time} title={new Date(at).toLocaleString('en-GB')} className="ago">
      {durationText(Math.max(0, current - at))} ago
    </time>
  );
}

/** A duration in milliseconds, rounded to its two largest units. */
export function durationText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 && minutes < 10 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return hours % 24 && days < 10 ? `${days} d ${hours % 24} h` : `${days} d`;
}
