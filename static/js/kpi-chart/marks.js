// What is drawn around the lines: incidents and annotated days behind them; targets, breaks, flags and the
// letters of the lines on top.

const ratio = () => devicePixelRatio;

function inside(plot, draw) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top - 18 * ratio(), bbox.width + 30 * ratio(), bbox.height + 18 * ratio());
  ctx.clip();
  draw(ctx, bbox);
  ctx.restore();
}

const at = (plot, seconds) => plot.valToPos(seconds, "x", true);

export function behind({ incidents, annotations }, colours) {
  const shade = (plot, ctx, bbox, { from, to }, fill, alpha) => {
    const left = Math.max(at(plot, from) - 2, bbox.left), right = Math.min(at(plot, to) + 2, bbox.left + bbox.width);
    if (right < left) return;
    ctx.globalAlpha = alpha;
    ctx.fillStyle = fill;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 1;
  };
  return {
    hooks: {
      drawClear: (plot) => inside(plot, (ctx, bbox) => {
        for (const one of incidents) shade(plot, ctx, bbox, one, colours.bad, 0.16);
        for (const one of annotations) if (one.to > one.from) shade(plot, ctx, bbox, one, colours.ink, 0.08);
      }),
    },
  };
}

export function onTop(given, colours, words, firstLine) {
  const upright = (plot, ctx, bbox, seconds, text, dash) => {
    const x = at(plot, seconds);
    if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) return;
    ctx.setLineDash(dash.map((one) => one * ratio()));
    ctx.strokeStyle = colours.ink;
    ctx.lineWidth = ratio();
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillStyle = colours.ink;
    ctx.textAlign = "center";
    ctx.fillText(text, Math.min(Math.max(x, bbox.left + 24 * ratio()), bbox.left + bbox.width - 8 * ratio()), bbox.top - 5 * ratio());
  };
  const targets = (plot, ctx) => {
    const last = plot.scales.x.max;
    for (const { from, to, value, low, high } of given.targets) {
      const [left, right] = [at(plot, Math.max(from, plot.scales.x.min)), at(plot, Math.min(to ?? last, last))];
      for (const [wanted, dash] of [[value, [6, 5]], [low, [2, 5]], [high, [2, 5]]]) {
        if (wanted == null || right < left) continue;
        const y = plot.valToPos(wanted, "y", true);
        ctx.setLineDash(dash.map((one) => one * ratio()));
        ctx.strokeStyle = colours.ink;
        ctx.lineWidth = 1.3 * ratio();
        ctx.beginPath();
        ctx.moveTo(left, y);
        ctx.lineTo(right, y);
        ctx.stroke();
        ctx.setLineDash([]);
        if (wanted === value) {
          ctx.textAlign = "left";
          ctx.fillStyle = colours.ink;
          ctx.fillText(`Target ${words.short(value)}`, left + 4 * ratio(), y - 5 * ratio());
        }
      }
    }
  };
  // A dot for each flag, filled where it is open, with its words under the cursor.
  const flags = (plot, ctx, bbox) => {
    for (const flag of given.flags) {
      const value = plot.data[3][plot.valToIdx(flag.x)] ?? plot.scales.y.min;
      const [x, y] = [at(plot, flag.x), plot.valToPos(value, "y", true)];
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.arc(x, y, 4.5 * ratio(), 0, Math.PI * 2);
      ctx.lineWidth = 2 * ratio();
      ctx.strokeStyle = flag.open ? colours.bad : colours.ink;
      ctx.fillStyle = flag.open ? colours.bad : colours.surface;
      ctx.fill();
      ctx.stroke();
    }
  };
  // The letter of the legend at the end of each further line, so that no colour is needed to tell them apart.
  const letters = (plot, ctx, bbox) => {
    ctx.textAlign = "left";
    ctx.fillStyle = colours.ink;
    const taken = [];
    given.lines.forEach((_, number) => {
      const values = plot.data[firstLine + number];
      let last = Math.min(plot.valToIdx(plot.scales.x.max), values.length - 1);
      while (last > 0 && values[last] == null) last -= 1;
      if (values[last] == null) return;
      let y = plot.valToPos(values[last], "y", true);
      while (taken.some((other) => Math.abs(other - y) < 11 * ratio())) y += 3 * ratio();
      taken.push(y);
      ctx.fillText(String.fromCharCode(65 + number), Math.min(at(plot, given.x[last]) + 6 * ratio(), bbox.left + bbox.width + 8 * ratio()), y + 4 * ratio());
    });
  };
  return {
    hooks: {
      draw: (plot) => inside(plot, (ctx, bbox) => {
        ctx.font = `${11 * ratio()}px ${getComputedStyle(document.body).fontFamily}`;
        targets(plot, ctx);
        for (const one of given.breaks) upright(plot, ctx, bbox, one.x, one.text, [4, 3]);
        for (const one of given.annotations) upright(plot, ctx, bbox, one.from, one.number, [1, 3]);
        flags(plot, ctx, bbox);
        letters(plot, ctx, bbox);
      }),
    },
  };
}
