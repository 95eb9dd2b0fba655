using System.Globalization;

namespace Kademlia.Loopback;

/// <summary>Prints figures beside their goals, and remembers whether one fell short.</summary>
internal sealed class GoalSheet(TextWriter output)
{
    /// <summary>Whether every goal so far was reached.</summary>
    public bool IsReached { get; private set; } = true;

    /// <summary>Prints a figure that has no goal.</summary>
    public void Note(string what, double value, string format) => output.WriteLine(Line(what, value, format));

    /// <summary>Prints a figure that should not be less than its goal.</summary>
    public void AtLeast(string what, double value, double goal, string format) =>
        Judge(what, value, $"at least {Text(goal, format)}", format, value >= goal);

    /// <summary>Prints a figure that should not be more than its goal.</summary>
    public void AtMost(string what, double value, double goal, string format) =>
        Judge(what, value, $"at most {Text(goal, format)}", format, value <= goal);

    private void Judge(string what, double value, string goal, string format, bool isReached)
    {
        IsReached &= isReached;
        output.WriteLine($"{Line(what, value, format)}   goal: {goal,-18} {(isReached ? "reached" : "FALLS SHORT")}");
    }

    private static string Line(string what, double value, string format) => $"{what,-52}{Text(value, format),12}";

    private static string Text(double value, string format) => string.Format(CultureInfo.InvariantCulture, format, value);
}
