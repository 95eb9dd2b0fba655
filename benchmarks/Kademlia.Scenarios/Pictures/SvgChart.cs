using System.Globalization;
using System.Net;
using System.Text;

namespace Kademlia.Scenarios.Pictures;

/// <summary>Draws charts as plain SVG that is readable in light and dark: text and axes have the colour of the text around them.</summary>
internal sealed class SvgChart
{
    private const int Width = 760;
    private const int Height = 420;
    private const int Left = 70;
    private const int Right = 20;
    private const int Top = 64;
    private const int Bottom = 56;
    private const int LegendLine = 26;
    private const int CharacterWidth = 7;

    /// <summary>Colours that people tell apart who see few, on white and on black (after Okabe and Ito, 2008); and dashes for those who see none.</summary>
    private const string Style = """
        svg { color: #1f2328; background: #ffffff; font: 13px system-ui, sans-serif; }
        .title { font-size: 15px; font-weight: 600; }
        .axis { stroke: currentColor; fill: none; }
        .grid { stroke: currentColor; opacity: 0.15; }
        text { fill: currentColor; }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .s0 { stroke: #0072b2; } .s1 { stroke: #d55e00; } .s2 { stroke: #009e73; } .s3 { stroke: #aa4499; }
        .s1 { stroke-dasharray: 8 3; } .s2 { stroke-dasharray: 2 3; } .s3 { stroke-dasharray: 8 3 2 3; }
        @media (prefers-color-scheme: dark) {
          svg { color: #e6edf3; background: #0d1117; }
          .s0 { stroke: #56b4e9; } .s1 { stroke: #e69f00; } .s2 { stroke: #2fd0a0; } .s3 { stroke: #e39bd3; }
        }
        """;

    private readonly StringBuilder _svg = new();
    private readonly Chart _chart;
    private readonly AxisScale _x;
    private readonly AxisScale _y;

    private SvgChart(Chart chart)
    {
        _chart = chart;
        _x = new AxisScale(chart.X, chart.Series.SelectMany(s => s.Points).Select(p => p.X));
        _y = new AxisScale(chart.Y, chart.Series.SelectMany(s => s.Points).Select(p => p.Y));
    }

    /// <summary>The chart as a document.</summary>
    public static string Draw(Chart chart)
    {
        SvgChart drawing = new(chart);
        drawing.DrawAll();
        return drawing._svg.ToString();
    }

    private void DrawAll()
    {
        Add($"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {Width} {Height}' width='{Width}' height='{Height}' role='img'>");
        Add($"<title>{Escape(_chart.Title)}</title>");
        Add($"<style>\n{Style}\n</style>");
        AddText(Left, LegendLine - 4, _chart.Title, "title");
        DrawAxes();
        int x = Left;
        for (int i = 0; i < _chart.Series.Count; i++)
        {
            Add($"<path class='line s{i}' d='{PathOf(_chart.Series[i])}'/>");
            Add($"<path class='line s{i}' d='M{x} {2 * LegendLine - 8}h28'/>");
            AddText(x + 34, (2 * LegendLine) - 4, _chart.Series[i].Name);
            x += 54 + (CharacterWidth * _chart.Series[i].Name.Length);
        }

        Add($"</svg>");
    }

    private void DrawAxes()
    {
        foreach (double tick in _x.Ticks)
        {
            Add($"<path class='grid' d='M{X(tick)} {Top}V{Height - Bottom}'/>");
            string text = AxisScale.Text(tick);
            bool fits = X(tick) + (text.Length * CharacterWidth / 2.0) <= Width;
            AddText(fits ? X(tick) : Width, Height - Bottom + 18, text, anchor: fits ? "middle" : "end");
        }

        foreach (double tick in _y.Ticks)
        {
            Add($"<path class='grid' d='M{Left} {Y(tick)}H{Width - Right}'/>");
            AddText(Left - 8, Y(tick) + 4, AxisScale.Text(tick), anchor: "end");
        }

        Add($"<path class='axis' d='M{Left} {Top}V{Height - Bottom}H{Width - Right}'/>");
        AddText((Left + Width - Right) / 2.0, Height - 14, _chart.X.Label, anchor: "middle");
        Add($"<text transform='translate(18 {(Top + Height - Bottom) / 2}) rotate(-90)' text-anchor='middle'>{Escape(_chart.Y.Label)}</text>");
    }

    private string PathOf(Series series)
    {
        StringBuilder path = new();
        foreach ((double x, double y) in series.Points)
        {
            string point = (path.Length, series.IsStep) switch
            {
                (0, _) => $"M{Text(X(x))} {Text(Y(y))}",
                (_, true) => $"H{Text(X(x))}V{Text(Y(y))}",
                _ => $"L{Text(X(x))} {Text(Y(y))}",
            };
            path.Append(point);
        }

        return path.ToString();
    }

    private double X(double value) => Math.Round(Left + (Math.Clamp(_x.PlaceOf(value), 0, 1) * (Width - Right - Left)), 1);

    private double Y(double value) => Math.Round(Height - Bottom - (Math.Clamp(_y.PlaceOf(value), 0, 1) * (Height - Bottom - Top)), 1);

    private void AddText(double x, double y, string text, string style = "", string anchor = "start") =>
        Add($"<text x='{x}' y='{y}' class='{style}' text-anchor='{anchor}'>{Escape(text)}</text>");

    private void Add(FormattableString line) => _svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
