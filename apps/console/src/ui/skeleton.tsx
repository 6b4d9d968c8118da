/** Where something is about to be: as tall as that, so that nothing jumps. */
export function Skeleton({ rows = 3, height = 72 }: { readonly rows?: number; readonly height?: number }) {
  return (
    <div className="stack" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="skeleton" style={{ height }} />
      ))}
    </div>
  );
}
