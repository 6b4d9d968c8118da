interface Paged {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

/** Loads the next page of a list; nothing where there is none. */
export function MoreButton({ hasNextPage, isFetchingNextPage, fetchNextPage }: Paged) {
  if (!hasNextPage) return null;
  return (
    <button
      type="button"
      className="button"
      disabled={isFetchingNextPage}
      onClick={() => void fetchNextPage()}
    >
      Look further back
    </button>
  );
}
