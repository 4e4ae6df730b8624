/** Two sheets, or a check mark after copying. */
export const CopyIcon = ({ copied }: { readonly copied: boolean }) => (
  <svg width="14" height="14" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden>
    {copied ? (
      <path d="M2.5 8.5 6 12l7.5-8" />
    ) : (
      <>
        <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
        <path d="M10.5 2.5h-7a1 1 0 0 0-1 1v7" />
      </>
    )}
  </svg>
);
