using System.Globalization;

namespace Kademlia.Loopback;

/// <summary>How long and how hard it is measured.</summary>
internal sealed record LoadSettings
{
    private const string Wrong = "An option is unknown, or has no value that can be used.";

    /// <summary>How many seconds each contender is measured, over all rounds.</summary>
    public double Seconds { get; private set; } = 8;

    /// <summary>How many rounds these seconds are cut into; the contenders take turns in each.</summary>
    public int Rounds { get; private set; } = 8;

    /// <summary>How many requests are under way at once.</summary>
    public int Window { get; private set; } = 64;

    /// <summary>How many other nodes join the one that is measured.</summary>
    public int Peers { get; private set; } = 100;

    /// <summary>How long a contender is measured in a round.</summary>
    public TimeSpan RoundTime => TimeSpan.FromSeconds(Seconds / Rounds);

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">The command line is wrong; the message says what is wrong.</exception>
    public static LoadSettings Parse(string[] args)
    {
        LoadSettings settings = new();
        if (args.Length % 2 != 0)
        {
            throw new FormatException(Wrong);
        }

        for (int i = 0; i < args.Length; i += 2)
        {
            settings.Set(args[i], args[i + 1]);
        }

        return settings;
    }

    private static int Int(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : throw new FormatException(Wrong);

    private static double Double(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value > 0
            ? value
            : throw new FormatException(Wrong);

    private void Set(string option, string value)
    {
        switch (option)
        {
            case "--seconds": Seconds = Double(value); break;
            case "--rounds": Rounds = Int(value); break;
            case "--window": Window = Int(value); break;
            case "--peers": Peers = Int(value); break;
            default: throw new FormatException(Wrong);
        }
    }
}
