import { describe, expect, it } from '@jest/globals';
import { SessionBook, type Sighting } from './session-book.js';

/** A live session with two acknowledged adds and one that nobody knows of. */
function bookOfAdds(): SessionBook {
  const book = new SessionBook();
  for (const status of [200, 503, 200, 404]) book.noteAdd(status);
  return book;
}

describe('a live session', () => {
  it.each<[Sighting, string]>([
    [{ status: 200, inCart: 2, refreshStatus: 200 }, 'kept'],
    [{ status: 200, inCart: 3, refreshStatus: 200 }, 'kept'],
    [{ status: 200, inCart: 1, refreshStatus: 200 }, 'lost'],
    [{ status: 200, inCart: 4, refreshStatus: 200 }, 'surplus'],
    [{ status: 200, inCart: 2, refreshStatus: 400 }, 'theft'],
    [{ status: 401, endedBecause: 'token-reuse' }, 'theft'],
    [{ status: 401 }, 'lost'],
    [{ status: 401, endedBecause: 'logout' }, 'lost'],
    [{ status: 200, inCart: 2, refreshStatus: 503 }, 'unanswered'],
    [{ status: 503 }, 'unanswered'],
    [{ status: 429 }, 'unanswered'],
    [{ status: 0 }, 'unanswered'],
  ])('seen as %j is %s', (seen, verdict) => {
    expect(bookOfAdds().judge(seen)).toBe(verdict);
  });

  it('counts an add that got no answer as one that may have happened', () => {
    const book = new SessionBook();
    book.noteAdd(0);
    expect(book.judge({ status: 200, inCart: 0 })).toBe('kept');
    expect(book.judge({ status: 200, inCart: 1 })).toBe('kept');
    expect(book.judge({ status: 200, inCart: 2 })).toBe('surplus');
  });

  it('is described by what was known and what was seen', () => {
    expect(bookOfAdds().describe({ status: 200, inCart: 1, refreshStatus: 200 })).toBe(
      'logout none; seen: 200, 1 in the cart for 2 to 3 added, refresh 200',
    );
    expect(bookOfAdds().describe({ status: 401, endedBecause: 'token-reuse' })).toContain(
      '401 (token-reuse)',
    );
  });

  it('was refused wrongly when it answers after a 401', () => {
    const book = new SessionBook();
    book.noteRefusal();
    expect(book.judge({ status: 200 })).toBe('refused');
    expect(book.judge({ status: 401 })).toBe('lost');
  });
});

describe('a session whose logout was acknowledged', () => {
  function ended(): SessionBook {
    const book = new SessionBook();
    book.beginLogout();
    book.noteLogout();
    return book;
  }

  it('is kept as ended where it is refused, and undone where its token or its refresh is accepted', () => {
    expect(ended().judge({ status: 401, endedBecause: 'logout', refreshStatus: 400 })).toBe('kept');
    expect(ended().judge({ status: 200 })).toBe('undone');
    expect(ended().judge({ status: 401, refreshStatus: 200 })).toBe('undone');
  });

  it('is undone when it was accepted once in between, whatever it says later', () => {
    const book = ended();
    book.noteAcceptance();
    expect(book.judge({ status: 401, refreshStatus: 400 })).toBe('undone');
  });
});

describe('a session whose logout got no answer', () => {
  it('may be over or not, and is neither live nor ended', () => {
    const book = new SessionBook();
    book.beginLogout();
    book.noteAcceptance();
    expect([book.isLive, book.isEnded]).toEqual([false, false]);
    expect(book.judge({ status: 200 })).toBe('kept');
    expect(book.judge({ status: 401 })).toBe('kept');
    expect(book.judge({ status: 0 })).toBe('unanswered');
  });
});
