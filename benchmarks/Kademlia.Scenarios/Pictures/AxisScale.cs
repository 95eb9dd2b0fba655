using System.Globalization;

namespace Kademlia.Scenarios.Pictures;

/// <summary>Where values lie on an axis, and which of them are written there.</summary>
internal sealed class AxisScale
{
    private const int Steps = 5;

    private readonly bool _isLogarithmic;
    private readonly double _least;
    private readonly double _most;

    public AxisScale(Axis axis, IEnumerable<double> values)
    {
        double[] all = [.. values.Where(double.IsFinite)];
        _isLogarithmic = axis.IsLogarithmic;
        _least = axis.Least ?? (all.Length > 0 ? all.Min() : 0);
        _most = axis.Most ?? (all.Length > 0 ? all.Max() : 1);
        _most = _most > _least ? _most : _least + 1;
        Ticks = [.. (_isLogarithmic ? Powers() : Multiples()).Where(t => t >= _least && t <= _most)];
    }

    /// <summary>The values that are written on the axis.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Where a value lies: 0 at the beginning of the axis, 1 at its end.</summary>
    public double PlaceOf(double value) => _isLogarithmic
        ? (Math.Log(value) - Math.Log(_least)) / (Math.Log(_most) - Math.Log(_least))
        : (value - _least) / (_most - _least);

    public static string Text(double tick) => tick.ToString("#,0.###", CultureInfo.InvariantCulture);

    private IEnumerable<double> Powers()
    {
        for (double power = Math.Pow(10, Math.Floor(Math.Log10(_least))); power <= _most; power *= 10)
        {
            yield return power;
        }
    }

    /// <summary>The multiples of 1, 2 or 5 times a power of ten of which there are about five.</summary>
    private IEnumerable<double> Multiples()
    {
        double rough = (_most - _least) / Steps;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * Rounded(rough / power);
        for (int i = (int)Math.Ceiling(_least / step); i * step <= _most * (1 + 1e-9); i++)
        {
            yield return i * step;
        }
    }

    private static double Rounded(double factor) => factor switch
    {
        < 1.5 => 1,
        < 3.5 => 2,
        < 7.5 => 5,
        _ => 10,
    };
}
