/** A page that fails says so and lets the person go on; what was saved is not touched by it. */
import { Component, type ComponentChildren } from 'preact';
import { t } from '../text/text';
import { Button } from '../ui/button';
import { NoteLine } from '../ui/tag';

export class PageGuard extends Component<{ children: ComponentChildren }, { failed: boolean }> {
  override state = { failed: false };
  override componentDidCatch(problem: unknown): void {
    console.error(problem);
    this.setState({ failed: true });
  }
  override render() {
    if (!this.state.failed) return this.props.children;
    return <NoteLine tone="stop" icon="refused" role="alert"><p>{t('page.failed')}</p><Button icon="retry" onTap={() => this.setState({ failed: false })}>{t('act.retry')}</Button></NoteLine>;
  }
}
