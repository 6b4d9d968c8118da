import { describe, expect, it } from '@jest/globals';
import { decidePrimary, type NodeSighting } from './redis-watch.js';

const master = (id: string, port: number): NodeSighting => ({ id, port, says: 'master' });
const slave = (id: string, port: number): NodeSighting => ({ id, port, says: 'slave' });
const silent = (id: string, port: number): NodeSighting => ({ id, port });

describe('who is the primary', () => {
  it('is the master that the Sentinels name', () => {
    const nodes = [slave('a', 1), master('b', 2), slave('c', 3)];
    expect(decidePrimary(nodes, [2, 2, 2], 'a')).toBe('b');
  });

  it('is not a deposed one that has been hung and still calls itself master', () => {
    expect(decidePrimary([master('a', 1), master('b', 2)], [2, 2, 1], 'a')).toBe('b');
  });

  it('stays who it was while it is dead and nobody was promoted', () => {
    expect(decidePrimary([silent('a', 1), slave('b', 2)], [1, 1, 1], 'a')).toBe('a');
  });

  it('is not the promoted node before most Sentinels name it', () => {
    const nodes = [silent('a', 1), master('b', 2)];
    expect(decidePrimary(nodes, [1, 1, 1], 'a')).toBe('a');
    expect(decidePrimary(nodes, [2, 1, 1], 'a')).toBe('a');
    expect(decidePrimary(nodes, [2, 1], 'a')).toBe('a');
    expect(decidePrimary(nodes, [2, 2, 1], 'a')).toBe('b');
  });

  it('is the only master where no Sentinel answers', () => {
    expect(decidePrimary([silent('a', 1), master('b', 2)], [], 'a')).toBe('b');
  });

  it('does not move to a second master while the first answers and no Sentinel does', () => {
    expect(decidePrimary([master('a', 1), master('b', 2)], [], 'a')).toBe('a');
  });

  it('is unknown where nothing is known', () => {
    expect(decidePrimary([silent('a', 1)], [], undefined)).toBeUndefined();
  });
});
