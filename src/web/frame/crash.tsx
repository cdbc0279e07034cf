/** A page that fails leaves the frame standing, and says so. */
import { Component, type ReactNode } from 'react';
import { Failed } from '../ui/states.tsx';

interface CrashProps {
  readonly children: ReactNode;
}

interface CrashState {
  readonly error: Error | undefined;
}

export class Crash extends Component<CrashProps, CrashState> {
  override readonly state: CrashState = { error: undefined };

  static getDerivedStateFromError(error: unknown): CrashState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    // Most often a part of the page that an update of Satchel has replaced: loading it anew helps.
    return <Failed error={error} onRetry={() => window.location.reload()} />;
  }
}
