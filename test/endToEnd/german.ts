import { describe, expect, it } from 'vitest';
import type { Workbench } from './workbench';
import { chooseInExplorer, landscapePage, notification, quickPickRow, runCommand } from './workbench';

/**
 * Tests the window in German, in a workbench without reports whose folder holds `model.onnx`. The words of the editor
 * itself stay English, since only the words of the extension are there.
 */
export function germanTests(workbench: () => Workbench): void {
  describe('a person whose editor is German', () => {
    it('reads commands, menus, views and messages of the extension in German', async () => {
      const { page } = workbench();
      await runCommand(page, 'View: Close All Editors');
      workbench().speak('de');
      await page.reload();
      await chooseInExplorer(page, 'model.onnx', 'Modell untersuchen');
      await landscapePage(page).getByRole('heading', { name: 'model.onnx' }).waitFor({ timeout: 60_000 });
      expect(await page.locator('.pane-header', { hasText: 'Verlustlandschaften' }).count()).toBe(1);
      expect(await page.getByRole('button', { name: 'Analyse einrichten…' }).count()).toBe(1);
      await runCommand(page, 'Ridgeline: Beispiel öffnen…');
      await page.getByPlaceholder('Welche Schwierigkeit des Trainings?').waitFor();
      await quickPickRow(page, /./).waitFor();
      await page.keyboard.press('Escape');
      await runCommand(page, 'Ridgeline: Alle Berichte löschen');
      await notification(page, 'Dieser Arbeitsbereich hat keine Berichte.').waitFor();
      await workbench().screenshot('24 in German');
      workbench().speak('en');
    });
  });
}
