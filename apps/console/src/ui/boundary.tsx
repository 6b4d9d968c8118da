import { Component, type ReactNode } from 'react';
import { Problem } from './problem.js';

interface BoundaryState {
  readonly error: unknown;
}

/** A page that fails says so and takes nothing else along: one can go to another, or load it again. */
export class Boundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { error: undefined };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === undefined ? (
      this.props.children
    ) : (
      <Problem error={error} onRetry={() => location.reload()} />
    );
  }
}
