import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Workbench } from './workbench';
import { chooseInExplorer, landscapePage, notification, openWorkbench } from './workbench';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ trust: false, settings: { 'security.workspace.trust.startupPrompt': 'never' } });
});
afterAll(() => workbench.close());

describe('a workspace that is not trusted', () => {
  it('allows its models to be inspected', async () => {
    await chooseInExplorer(workbench.page, 'lenet.onnx', 'Inspect Model');
    const page = landscapePage(workbench.page);
    await page.getByText('This workspace is not trusted').waitFor({ timeout: 60_000 });
    await page.getByRole('heading', { name: 'Parameters' }).waitFor();
    expect(await page.getByRole('button', { name: 'Analyze' }).count()).toBe(0);
    await workbench.screenshot('12 inspected, not trusted');
  });

  it('does not allow them to be analysed, and says why', async () => {
    await chooseInExplorer(workbench.page, 'lenet.onnx', 'Analyze Landscape');
    const message = notification(workbench.page, 'not trusted');
    await message.waitFor();
    expect(await message.getByRole('button', { name: 'Manage Workspace Trust' }).count()).toBe(1);
  });
});
