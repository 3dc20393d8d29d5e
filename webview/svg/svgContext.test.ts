import { expect, it } from 'vitest';
import { SvgContext } from './svgContext';
import type { TextMeasure } from './svgText';

/** A font whose letters are all 6 wide and 10 high; a middle baseline lies 4 above the alphabetic one. */
const measure: TextMeasure = (text, _, baseline) => ({
  width: 6 * text.length,
  ascent: 8,
  descent: 2,
  shift: baseline === 'middle' ? 4 : 0,
});
const context = (): SvgContext => new SvgContext({ width: 100, height: 50 }, measure);

it('writes paths in the coordinates of the drawing, whatever the transformation', () => {
  const ctx = context();
  ctx.translate(10, 20);
  ctx.rotate(Math.PI / 2);
  ctx.beginPath();
  ctx.moveTo(0, 0);
  ctx.lineTo(5, 0);
  ctx.strokeStyle = 'rgba(255, 0, 0, 0.5)';
  ctx.setLineDash([4, 2]);
  ctx.stroke();
  expect(ctx.markup()).toBe(
    '<path d="M10 20L10 25" fill="none" stroke="#ff0000" stroke-opacity="0.5" stroke-width="1" stroke-dasharray="4 2"/>',
  );
});

it('keeps text as text, moved to the alphabetic baseline', () => {
  const ctx = context();
  ctx.font = '600 12px "Segoe UI", sans-serif';
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText('‖∇L‖ < 1 & "flat"', 30, 10);
  expect(ctx.markup()).toBe(
    '<text x="30" y="14" fill="#000000" font-family="&quot;Segoe UI&quot;, sans-serif" font-size="12" font-weight="600" text-anchor="middle">‖∇L‖ &lt; 1 &amp; &quot;flat&quot;</text>',
  );
});

it('turns text with a matrix', () => {
  const ctx = context();
  ctx.translate(7, 9);
  ctx.rotate(-Math.PI / 2);
  ctx.fillText('loss', 0, 0);
  expect(ctx.markup()).toContain('transform="matrix(0 -1 1 0 7 9)"');
});

it('clips what is drawn until the state is restored, with one clip path per shape', () => {
  const ctx = context();
  for (let i = 0; i < 2; i += 1) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(0, 0, 10, 10);
    ctx.clip();
    ctx.fillRect(1, 2, 3, 4);
    ctx.restore();
    ctx.fillRect(5, 5, 1, 1);
  }
  const markup = ctx.markup();
  expect(markup.match(/<clipPath/g)).toHaveLength(1);
  expect(
    markup.match(/<g clip-path="url\(#clip-1\)">\n<rect x="1" y="2" width="3" height="4"[^>]*\/>\n<\/g>/g),
  ).toHaveLength(2);
});

it('draws circles and arcs', () => {
  const ctx = context();
  ctx.beginPath();
  ctx.arc(10, 10, 5, 0, 2 * Math.PI);
  ctx.fill();
  expect(ctx.markup()).toContain('d="M15 10A5 5 0 0 1 5 10A5 5 0 0 1 15 10"');
  ctx.clearRect(0, 0, 100, 50);
  ctx.beginPath();
  ctx.arc(0, 0, 2, 0, Math.PI / 2, true);
  ctx.stroke();
  // Counterclockwise from the right to below is three quarters of a turn, by way of the upper left.
  expect(ctx.markup()).toContain('d="M2 0A2 2 0 0 0 -1.41 -1.41A2 2 0 0 0 0 2"');
});

it('draws nothing in a transparent colour and ignores what is no colour', () => {
  const ctx = context();
  ctx.fillStyle = 'transparent';
  ctx.fillRect(0, 0, 1, 1);
  ctx.strokeStyle = undefined;
  expect(ctx.strokeStyle).toBe('#000000');
  expect(ctx.markup()).toBe('');
});

it('forgets what was drawn before the whole is cleared', () => {
  const ctx = context();
  ctx.fillRect(0, 0, 1, 1);
  ctx.clearRect(0, 0, 100, 50);
  expect(ctx.markup()).toBe('');
});
