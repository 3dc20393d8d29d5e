/** Multiplies a colour's opacity by `alpha`, for fills behind lines. Themes write colours as hex or rgb(). */
export function faded(color: string, alpha: number): string {
  const known = channelsOf(color);
  return known ? rgba(known.channels, alpha * known.alpha) : color;
}

/** Splits a colour into an opaque one and its opacity, which SVG writes apart. A colour by name is opaque. */
export function colorParts(color: string): { color: string; alpha: number } {
  if (color === 'transparent') return { color: 'none', alpha: 0 };
  const known = channelsOf(color);
  if (!known) return { color, alpha: 1 };
  const hex = known.channels.map((channel) => Math.round(channel).toString(16).padStart(2, '0'));
  return { color: `#${hex.join('')}`, alpha: known.alpha };
}

function channelsOf(color: string): { channels: number[]; alpha: number } | null {
  const hex = color.match(/^#([\da-f]{3,8})$/i)?.[1];
  if (hex) {
    const long = hex.length <= 4 ? [...hex].map((digit) => digit + digit).join('') : hex;
    const channel = (at: number): number => parseInt(long.slice(at, at + 2), 16);
    return { channels: [channel(0), channel(2), channel(4)], alpha: long.length === 8 ? channel(6) / 255 : 1 };
  }
  const parts = color
    .match(/^rgba?\(([^)]+)\)$/)?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  if (parts && parts.length >= 3 && parts.every((part) => !Number.isNaN(part))) {
    return { channels: parts.slice(0, 3), alpha: parts[3] ?? 1 };
  }
  return null;
}

function rgba(channels: number[], alpha: number): string {
  return `rgba(${channels.join(', ')}, ${Number(alpha.toFixed(3))})`;
}
