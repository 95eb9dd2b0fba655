using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Kademlia.Tests.Architecture;

/// <summary>Writes all that users of an assembly can name, one line each, in an order that does not change by itself.</summary>
/// <remarks>What the compiler adds to records is left out: the word "record" says it.</remarks>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Static | BindingFlags.Instance;

    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The lines: types by name, each followed by its members, indented.</summary>
    public static IEnumerable<string> Of(Assembly assembly) => assembly.GetExportedTypes()
        .Where(type => !IsMadeByCompiler(type))
        .OrderBy(type => type.FullName, StringComparer.Ordinal)
        .SelectMany(type => MembersOf(type).Select(line => "    " + line).Prepend(Header(type)));

    private static bool IsMadeByCompiler(MemberInfo member) =>
        member.Name.Contains('<', StringComparison.Ordinal) || member.IsDefined(typeof(CompilerGeneratedAttribute), false);

    private static string Header(Type type)
    {
        if (IsDelegate(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"delegate {Returned(invoke)} {type.Namespace}.{TypeText.Of(type)}({Parameters(invoke)})";
        }

        IEnumerable<string> parents = new[] { type.BaseType }
            .Where(parent => parent is not null && parent != typeof(object) && !type.IsValueType)
            .Concat(type.IsEnum ? [] : type.GetInterfaces().Where(i => i.IsPublic))
            .Select(parent => TypeText.Of(parent!))
            .Order(StringComparer.Ordinal);
        string list = string.Join(", ", parents);
        return $"{KindOf(type)} {type.Namespace}.{TypeText.Of(type)}{(list.Length > 0 ? " : " + list : "")}";
    }

    private static string KindOf(Type type)
    {
        bool isRecord = type.GetMethod("PrintMembers", Declared) is not null;
        bool isReadOnly = type.IsDefined(typeof(IsReadOnlyAttribute), false);
        return type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : type.IsValueType ? (isReadOnly ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + (isRecord ? "record " : "") + "struct"
            : (type.IsAbstract ? type.IsSealed ? "static " : "abstract " : type.IsSealed ? "sealed " : "") + (isRecord ? "record" : "class");
    }

    private static bool IsDelegate(Type type) => type.IsSubclassOf(typeof(Delegate));

    /// <summary>The constructors, then the rest by name; the members of an enumeration by value.</summary>
    private static IEnumerable<string> MembersOf(Type type) => IsDelegate(type) ? [] : type.GetMembers(Declared)
        .Where(member => !IsMadeByCompiler(member))
        .OrderBy(member => type.IsEnum && member is FieldInfo { IsLiteral: true } field ? Number(field) : 0)
        .ThenBy(member => member.Name, StringComparer.Ordinal)
        .ThenBy(member => member.ToString(), StringComparer.Ordinal)
        .Select(member => member switch
        {
            FieldInfo field when IsVisible(field) && !field.IsSpecialName => Field(field),
            PropertyInfo property when property.GetAccessors(true).Any(IsVisible) => Property(property),
            EventInfo added when IsVisible(added.AddMethod!) => $"event {TypeText.Of(added.EventHandlerType!)} {added.Name}",
            ConstructorInfo constructor when IsVisible(constructor) => $"{type.Name.Split('`')[0]}({Parameters(constructor)})",
            MethodInfo method when IsVisible(method) && !IsAccessor(method) => Method(method),
            _ => "",
        })
        .Where(line => line.Length > 0);

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Field(FieldInfo field)
    {
        string type = TypeText.Of(field.FieldType, Nullability.Create(field));
        return field.DeclaringType!.IsEnum ? $"{field.Name} = {Number(field)}"
            : field.IsLiteral ? $"const {type} {field.Name} = {Constant(field.GetRawConstantValue())}"
            : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{type} {field.Name}";
    }

    private static long Number(FieldInfo field) => Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture);

    private static string Property(PropertyInfo property)
    {
        MethodInfo accessor = property.GetAccessors(true).First(IsVisible);
        string indices = property.GetIndexParameters().Length > 0 ? $"[{Parameters(accessor)}]" : "";
        string getter = property.GetMethod is { } get && IsVisible(get) ? "get; " : "";
        string setter = property.SetMethod is { } set && IsVisible(set) ? IsInit(set) ? "init; " : "set; " : "";
        return $"{Modifiers(accessor)}{TypeText.Of(property.PropertyType, Nullability.Create(property))} {property.Name}{indices} {{ {getter}{setter}}}";
    }

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Method(MethodInfo method)
    {
        string arguments = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeText.Of))}>" : "";
        return $"{Modifiers(method)}{Returned(method)} {method.Name}{arguments}({Parameters(method)})";
    }

    private static string Modifiers(MethodInfo method) => (method.IsPublic ? "" : "protected ")
        + (method.IsStatic ? "static " : "")
        + (method.DeclaringType!.IsInterface || !method.IsVirtual || method.IsFinal ? ""
            : method.GetBaseDefinition() != method ? "override "
            : method.IsAbstract ? "abstract "
            : method.Attributes.HasFlag(MethodAttributes.NewSlot) && !method.DeclaringType.IsSealed ? "virtual " : "");

    private static string Returned(MethodInfo method) =>
        (method.ReturnType.IsByRef ? "ref " : "") + TypeText.Of(method.ReturnType, Nullability.Create(method.ReturnParameter));

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string way = !parameter.ParameterType.IsByRef ? parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : ""
            : parameter.IsOut ? "out "
            : parameter.IsIn ? "in " : "ref ";
        string fallback = parameter.HasDefaultValue ? $" = {Constant(parameter.RawDefaultValue)}" : "";
        return $"{way}{TypeText.Of(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}{fallback}";
    }

    private static string Constant(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
