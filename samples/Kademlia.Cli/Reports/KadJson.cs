using System.Text.Json.Serialization;

namespace Kademlia.Cli.Reports;

/// <summary>How the reports of <c>--json</c> are written, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(NodeReport))]
[JsonSerializable(typeof(PutReport))]
[JsonSerializable(typeof(GetReport))]
[JsonSerializable(typeof(ChangeReport))]
[JsonSerializable(typeof(ShareReport))]
[JsonSerializable(typeof(FetchReport))]
[JsonSerializable(typeof(FindReport))]
[JsonSerializable(typeof(PingReport))]
[JsonSerializable(typeof(TalkReport))]
[JsonSerializable(typeof(DemoReport))]
internal sealed partial class KadJson : JsonSerializerContext;
